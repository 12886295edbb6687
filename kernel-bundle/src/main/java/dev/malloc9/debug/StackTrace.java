package dev.malloc9.debug;

import java.util.Arrays;

/**
 * A trace of a stack, in values that are cheap to compare: the class's label, the method's name and the bytecode index of the call, for
 * each frame. A walk fills a new trace; a {@link Site} keeps a copy.
 *
 * <p>Two methods of one class with the same name that make their call at the same bytecode index look the same. Only their callers
 * distinguish them.
 */
final class StackTrace {

    /** The labels of the frames' classes. There is one object for each class ({@link Labels}), which is compared by identity. */
    private final String[][] labels;

    private final String[] methods;
    private final int[] indexes;
    private int depth;
    private int hash;

    /** @param room the largest number of frames */
    StackTrace(int room) {
        this(new String[room][], new String[room], new int[room], 0, 1);
    }

    private StackTrace(String[][] labels, String[] methods, int[] indexes, int depth, int hash) {
        this.labels = labels;
        this.methods = methods;
        this.indexes = indexes;
        this.depth = depth;
        this.hash = hash;
    }

    /** Appends a frame. The caller adds no more frames than there is room for. */
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

    /** Returns a copy of the frames so far, without spare room. */
    StackTrace copy() {
        return new StackTrace(
                Arrays.copyOf(labels, depth),
                Arrays.copyOf(methods, depth),
                Arrays.copyOf(indexes, depth),
                depth,
                hash);
    }

    @SuppressWarnings({"ReferenceEquality", "ArrayEquals"}) // identity comparison is intended: a class has one label
    boolean isSame(StackTrace other) {
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
