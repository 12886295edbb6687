package malloc9.memstat;

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
 * What has become of one memory type between two snapshots.
 *
 * @param change whether both have it
 * @param allocator whose
 * @param name of the type
 * @param count blocks or items more than before; all of them for a new type, less than 0 for one that shrank or went
 * @param bytes likewise
 * @param requests allocations since; those of a type that went are not known, and 0
 * @param countNow in use at the end
 * @param bytesNow likewise
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

    /** Which of the snapshots has a type. */
    public enum Change {
        /** Both. */
        KEPT,
        /** The later one. */
        NEW,
        /** The earlier one. */
        GONE
    }

    private static final Comparator<Growth> LARGEST_FIRST =
            Comparator.comparingLong(Growth::bytes).reversed();

    /**
     * The types that differ, largest growth in bytes first, equal ones in the order of the lists.
     *
     * <p>Of several types of one name the oldest of one snapshot is compared with the oldest of the other, and so on.
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
        // A set: a file may have hundreds of thousands of types of one name.
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
