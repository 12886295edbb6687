package dev.malloc9.malloc.view;

import dev.malloc9.api.runtime.BlockGroup;
import dev.malloc9.api.runtime.CallStack;
import dev.malloc9.debug.BlockRecord;
import dev.malloc9.debug.Site;
import dev.malloc9.debug.memguard.GuardedBlock;
import dev.malloc9.debug.memguard.MemGuard;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.refusal.Whatis;
import dev.malloc9.malloc.type.TagOwner.QualifiedName;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A walk through all slabs and all guarded blocks that counts blocks and items by type or zone and by allocation site.
 *
 * <p>The counts of a type or zone at rest are exact. Otherwise a block that is allocated or freed meanwhile is counted once, twice or not
 * at all: tags are read while other threads write them. A block's record is used only if the tag is the same before and after the record is
 * read; otherwise the block is counted without a site.
 */
public final class BlockWalk {

    private static final Comparator<BlockGroup> MOST_BYTES_FIRST = Comparator.comparingLong(BlockGroup::bytes)
            .reversed()
            .thenComparing(group -> group.site().toString());

    private final Uma uma;
    private final MemGuard guard;

    public BlockWalk(Uma uma, MemGuard guard) {
        this.uma = uma;
        this.guard = guard;
    }

    /** The key of a group: the type or zone, and the allocation site, or null if it is not known. */
    private record Key(QualifiedName name, @Nullable Site site) {}

    /** The sums of a group. The age of the oldest block is -1 if no block of the group has a record. */
    private static final class Sum {
        long bytes;
        long count;
        long oldestNanos = -1;

        void add(long blockBytes, @Nullable BlockRecord block, long now) {
            bytes += blockBytes;
            count++;
            if (block != null) {
                oldestNanos = Math.max(oldestNanos, now - block.bornNanos);
            }
        }
    }

    /**
     * Counts the live blocks of types and items of zones, in groups by name and allocation site. The group with the most bytes comes first.
     * An item counts with its whole size, a guarded block with its accounted size.
     *
     * @param names the name by tag number; null for numbers that are not counted
     */
    public List<BlockGroup> count(IntFunction<@Nullable QualifiedName> names) {
        long now = System.nanoTime();
        Map<Key, Sum> sums = new HashMap<>();
        for (Slab slab : uma.liveSlabs()) {
            for (int index = 0; index < slab.items(); index++) {
                int item = slab.granule(index);
                int tag = slab.tagOf(item);
                QualifiedName name = tag == 0 ? null : names.apply(Tags.number(tag));
                if (name != null) {
                    BlockRecord block = Whatis.record(slab, item, tag);
                    sums.computeIfAbsent(new Key(name, block == null ? null : block.allocated), unknown -> new Sum())
                            .add(slab.itemBytes, block, now);
                }
            }
        }
        for (GuardedBlock guarded : guard.live()) {
            QualifiedName name = names.apply(guarded.owner());
            if (name != null) {
                sums.computeIfAbsent(new Key(name, guarded.record().allocated), unknown -> new Sum())
                        .add(guarded.accounted(), guarded.record(), now);
            }
        }
        List<BlockGroup> groups = new ArrayList<>();
        sums.forEach((key, sum) -> groups.add(group(key.name, key.site, sum)));
        groups.sort(MOST_BYTES_FIRST);
        return groups;
    }

    /**
     * Completes the groups of a report with the memory that the counters include and no block has, such as memory of another allocator.
     * That memory is added to the group without a site, which is created if necessary. The added figures are negative if the counters show
     * less than the groups.
     *
     * @param groups the groups of one type, as {@link #count} found them
     * @param name the name of the type
     * @param count the number of blocks according to the counters
     * @param bytes the number of bytes according to the counters
     * @return the completed groups; an empty list if no group has a site
     */
    public static List<BlockGroup> complete(List<BlockGroup> groups, QualifiedName name, long count, long bytes) {
        if (groups.stream().allMatch(BlockWalk::hasNoSite)) {
            return List.of();
        }
        long otherCount = count - groups.stream().mapToLong(BlockGroup::count).sum();
        long otherBytes = bytes - groups.stream().mapToLong(BlockGroup::bytes).sum();
        if (otherCount == 0 && otherBytes == 0) {
            return groups;
        }
        Sum others = new Sum();
        others.count = otherCount;
        others.bytes = otherBytes;
        List<BlockGroup> all = new ArrayList<>();
        for (BlockGroup group : groups) {
            if (hasNoSite(group)) {
                others.count += group.count();
                others.bytes += group.bytes();
                others.oldestNanos =
                        group.oldest() == null ? -1 : group.oldest().toNanos();
            } else {
                all.add(group);
            }
        }
        all.add(group(name, null, others));
        all.sort(MOST_BYTES_FIRST);
        return all;
    }

    private static boolean hasNoSite(BlockGroup group) {
        return group.site().frames().isEmpty();
    }

    private static BlockGroup group(QualifiedName name, @Nullable Site site, Sum sum) {
        return new BlockGroup(
                name.owner(),
                name.name(),
                site == null ? CallStack.NONE : site.stack(),
                sum.bytes,
                sum.count,
                sum.oldestNanos < 0 ? null : Duration.ofNanos(sum.oldestNanos));
    }
}
