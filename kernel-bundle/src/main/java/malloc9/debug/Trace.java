package malloc9.debug;

import java.util.Arrays;

/**
 * A trace is a stack as the walker shows it, in figures that are cheap to compare: of each frame its class's label, its method and
 * where in the method the call stands. Filled anew for each walk; a {@link Site} keeps a copy.
 *
 * <p>Methods of one class and one name that make their call at the same bytecode index are told apart by their callers only.
 */
final class Trace {

    /** One object for each class ({@link Labels}): compared by identity. */
    private final String[][] labels;

    private final String[] methods;
    private final int[] indexes;
    private int depth;
    private int hash;

    Trace(int room) {
        this(new String[room][], new String[room], new int[room], 0, 1);
    }

    private Trace(String[][] labels, String[] methods, int[] indexes, int depth, int hash) {
        this.labels = labels;
        this.methods = methods;
        this.indexes = indexes;
        this.depth = depth;
        this.hash = hash;
    }

    void add(String[] label, String method, int bytecodeIndex) {
        labels[depth] = label;
        methods[depth] = method;
        indexes[depth] = bytecodeIndex;
        depth++;
        hash = ((hash * 31 + System.identityHashCode(label)) * 31 + method.hashCode()) * 31 + bytecodeIndex;
    }

    int hash() {
        return hash;
    }

    /** As it is now. */
    Trace copy() {
        return new Trace(
                Arrays.copyOf(labels, depth),
                Arrays.copyOf(methods, depth),
                Arrays.copyOf(indexes, depth),
                depth,
                hash);
    }

    @SuppressWarnings({"ReferenceEquality", "ArrayEquals"}) // a label is whose it is
    boolean isSame(Trace other) {
        if (hash != other.hash || depth != other.depth) {
            return false;
        }
        for (int i = 0; i < depth; i++) {
            if (labels[i] != other.labels[i]
                    || indexes[i] != other.indexes[i]
                    || !methods[i].equals(other.methods[i])) {
                return false;
            }
        }
        return true;
    }
}
