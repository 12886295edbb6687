package malloc9.malloc.type;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The memory types of one instant: the registered ones, the ones that leave, and the requests of all former ones.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Concurrency: immutable. {@link MallocTypes} replaces the list as a whole, so that a reader finds each type in exactly one of
 *       the three parts.
 *   <li>Invariants: a type leaves from the retirement until its number is given back. Its counters may still go up then, so it is
 *       counted by its counters. It enters the sum when they are at rest. The requests of a zone therefore never fall.
 * </ul>
 */
public final class TypeList {

    /** The registered types, oldest first. */
    public final List<MallocTypeInternal> registered;

    /** The retired types whose counters may not be at rest. */
    private final List<MallocTypeInternal> leaving;

    /** The requests of former types, by zone. Never changed. */
    private final long[] former;

    /**
     * No types.
     *
     * @param zones the number of malloc's zones
     */
    TypeList(int zones) {
        this(List.of(), List.of(), new long[zones]);
    }

    private TypeList(List<MallocTypeInternal> registered, List<MallocTypeInternal> leaving, long[] former) {
        this.registered = registered;
        this.leaving = leaving;
        this.former = former;
    }

    /** Returns the list with new types at its end. */
    TypeList with(Collection<MallocTypeInternal> added) {
        return new TypeList(concat(registered, added), leaving, former);
    }

    /** Returns the list of which those types leave. */
    TypeList retire(Collection<MallocTypeInternal> gone) {
        return new TypeList(without(registered, gone), concat(leaving, gone), former);
    }

    /** Returns the list that keeps of those types, which have left, only their requests. */
    TypeList forget(Collection<MallocTypeInternal> gone) {
        long[] requests = former.clone();
        gone.forEach(type -> type.zoneCounts.addRequests(type.counters(), requests));
        return new TypeList(registered, without(leaving, gone), requests);
    }

    /** Returns the requests of all types that are not registered, by zone. */
    public long[] formerRequests() {
        long[] requests = former.clone();
        leaving.forEach(type -> type.zoneCounts.addRequests(type.counters(), requests));
        return requests;
    }

    private static List<MallocTypeInternal> concat(
            List<MallocTypeInternal> types, Collection<MallocTypeInternal> more) {
        List<MallocTypeInternal> all = new ArrayList<>(types);
        all.addAll(more);
        return List.copyOf(all);
    }

    private static List<MallocTypeInternal> without(
            List<MallocTypeInternal> types, Collection<MallocTypeInternal> gone) {
        Set<MallocTypeInternal> left = new LinkedHashSet<>(types);
        gone.forEach(left::remove);
        return List.copyOf(left);
    }
}
