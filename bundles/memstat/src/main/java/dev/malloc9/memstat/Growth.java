package dev.malloc9.memstat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The difference of one memory type between two snapshots.
 *
 * @param change the snapshots that have the type
 * @param allocator the allocator of the type
 * @param name the name of the type
 * @param count the growth in blocks or items: all of them for a new type, and minus all of them for a vanished one
 * @param bytes the growth in bytes, likewise
 * @param requests the number of allocations since the earlier snapshot, all for a new type; negative if a type of this name was
 *     registered anew; 0 for a vanished type, whose allocations are unknown
 * @param countNow the number of blocks or items in use in the later snapshot; 0 for a vanished type
 * @param bytesNow the number of bytes in use in the later snapshot; 0 for a vanished type
 */
public record Growth(
        Change change,
        Allocator allocator,
        String name,
        long count,
        long bytes,
        long requests,
        long countNow,
        long bytesNow) {

    /** The snapshots that have a type. */
    public enum Change {
        /** Both snapshots have the type. */
        KEPT,
        /** Only the later snapshot has the type. */
        NEW,
        /** Only the earlier snapshot has the type. */
        GONE
    }

    private static final Comparator<Growth> LARGEST_FIRST =
            Comparator.comparingLong(Growth::bytes).reversed();

    /**
     * {@return the types that differ, largest growth in bytes first} Types of equal growth stay in the order of the lists, and vanished
     * types follow. A new or vanished type is returned even if nothing of it is in use.
     *
     * <p>If several types have one name, the oldest of one snapshot is compared with the oldest of the other, and so on.
     *
     * @param earlier the types of the earlier snapshot
     * @param later the types of the later snapshot
     */
    public static List<Growth> between(MemoryTypeList earlier, MemoryTypeList later) {
        Map<Key, Deque<MemoryType>> before = new HashMap<>();
        for (MemoryType type : earlier) {
            before.computeIfAbsent(Key.of(type), key -> new ArrayDeque<>()).add(type);
        }
        List<Growth> differences = new ArrayList<>();
        for (MemoryType type : later) {
            Deque<MemoryType> same = before.get(Key.of(type));
            MemoryType old = same == null ? null : same.poll();
            Growth growth = of(old, type);
            if (!growth.isNone()) {
                differences.add(growth);
            }
        }
        // A set is used because a file may have hundreds of thousands of types of one name.
        Set<MemoryType> left = new HashSet<>();
        before.values().forEach(left::addAll);
        for (MemoryType type : earlier) {
            if (left.contains(type)) {
                differences.add(gone(type));
            }
        }
        differences.sort(LARGEST_FIRST);
        return differences;
    }

    private static Growth of(@Nullable MemoryType old, MemoryType now) {
        return new Growth(
                old == null ? Change.NEW : Change.KEPT,
                now.allocator(),
                now.name(),
                now.count() - (old == null ? 0 : old.count()),
                now.bytes() - (old == null ? 0 : old.bytes()),
                now.numallocs() - (old == null ? 0 : old.numallocs()),
                now.count(),
                now.bytes());
    }

    private static Growth gone(MemoryType old) {
        return new Growth(Change.GONE, old.allocator(), old.name(), -old.count(), -old.bytes(), 0, 0, 0);
    }

    private boolean isNone() {
        return change == Change.KEPT && count == 0 && bytes == 0 && requests == 0;
    }

    private record Key(Allocator allocator, String name) {
        static Key of(MemoryType type) {
            return new Key(type.allocator(), type.name());
        }
    }
}
