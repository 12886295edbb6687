package dev.malloc9.api.runtime;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The blocks and items in use at a time, by type and site.
 *
 * @param when the time
 * @param groups the groups, the most bytes first
 */
public record Outstanding(Instant when, List<BlockGroup> groups) {

    /** The key by which groups of two snapshots are compared. */
    private record Key(ModuleId owner, String type, CallStack site) {
        static Key of(BlockGroup group) {
            return new Key(group.owner(), group.type(), group.site());
        }
    }

    /** Copies the list of groups. */
    public Outstanding {
        groups = List.copyOf(groups);
    }

    /**
     * {@return the groups that have more bytes or more blocks than in an earlier snapshot, with the differences as figures, the most bytes
     * first}
     *
     * <p>One of the two differences may be 0 or negative. The age is the one of this snapshot. Groups that only the earlier snapshot has
     * are left out.
     *
     * @param before the earlier snapshot
     */
    public List<BlockGroup> growthSince(Outstanding before) {
        Map<Key, BlockGroup> former = new HashMap<>();
        before.groups.forEach(group -> former.put(Key.of(group), group));
        List<BlockGroup> grown = new ArrayList<>();
        for (BlockGroup group : groups) {
            BlockGroup then = former.get(Key.of(group));
            long bytes = group.bytes() - (then == null ? 0 : then.bytes());
            long count = group.count() - (then == null ? 0 : then.count());
            if (bytes > 0 || count > 0) {
                grown.add(new BlockGroup(group.owner(), group.type(), group.site(), bytes, count, group.oldest()));
            }
        }
        grown.sort((a, b) -> Long.compare(b.bytes(), a.bytes()));
        return grown;
    }
}
