package malloc9.api.runtime;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is in use at a time, by type and site.
 *
 * @param when the time
 * @param groups the most bytes first
 */
public record Outstanding(Instant when, List<BlockGroup> groups) {

    /** What tells a group of one look in another. */
    private record Key(ModuleId owner, String type, CallStack site) {
        static Key of(BlockGroup group) {
            return new Key(group.owner(), group.type(), group.site());
        }
    }

    /** Keeps the groups as they are now. */
    public Outstanding {
        groups = List.copyOf(groups);
    }

    /** What has more bytes or blocks now than at an earlier look: by how many, the most bytes first. */
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
