package dev.malloc9.malloc.type;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The memory types of one instant: the registered types, the leaving types, and the numbers of requests of all former types.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Concurrency: immutable. {@link MallocTypes} replaces the list as a whole, so that a reader finds each type in exactly one of the
 *       three parts.
 *   <li>Invariants: a type is leaving from its retirement until its number is released. Its counters may still increase in this time, so
 *       that its requests are read from the counters. When they are at rest, its requests are added to the sum of the former types. The
 *       number of requests of a zone therefore does not decrease when a type leaves.
 * </ul>
 */
public final class TypeList {

    /** The registered types, oldest first. */
    public final List<MallocTypeInternal> registered;

    /** The retired types whose counters may not be at rest. */
    private final List<MallocTypeInternal> leaving;

    /** The numbers of requests of former types, by zone. Never modified. */
    private final long[] former;

    /**
     * Creates a list without types.
     *
     * @param zones the number of malloc's zones, of all sets together
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

    /** Returns the list in which the given registered types are leaving. */
    TypeList retire(Collection<MallocTypeInternal> gone) {
        return new TypeList(without(registered, gone), concat(leaving, gone), former);
    }

    /** Returns the list without the given leaving types. Their requests are added to the sum of the former types. */
    TypeList forget(Collection<MallocTypeInternal> gone) {
        long[] requests = former.clone();
        gone.forEach(type -> type.zoneCounts.addRequests(type.counters(), requests));
        return new TypeList(registered, without(leaving, gone), requests);
    }

    /** Returns the numbers of requests of all leaving and former types, by zone. The array is a copy. */
    public long[] formerRequests() {
        long[] requests = former.clone();
        leaving.forEach(type -> type.zoneCounts.addRequests(type.counters(), requests));
        return requests;
    }

    /** Returns the types followed by more types. */
    private static List<MallocTypeInternal> concat(
            List<MallocTypeInternal> types, Collection<MallocTypeInternal> more) {
        List<MallocTypeInternal> all = new ArrayList<>(types);
        all.addAll(more);
        return List.copyOf(all);
    }

    /** Returns the types except the given ones, in the same order. */
    private static List<MallocTypeInternal> without(
            List<MallocTypeInternal> types, Collection<MallocTypeInternal> gone) {
        Set<MallocTypeInternal> left = new LinkedHashSet<>(types);
        gone.forEach(left::remove);
        return List.copyOf(left);
    }
}
