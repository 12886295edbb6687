package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.BlockGroup;
import dev.malloc9.api.runtime.CallStack;
import dev.malloc9.api.runtime.ModuleId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Estimates the number of blocks and bytes per site of a type, if only one of n requests is recorded with its site.
 *
 * <p>The figures of the recorded sites of a type are multiplied by n, but their sum does not exceed the sum of the type. The remaining
 * blocks stay without a site: they are older than the sampling, or belong to another allocator. A type is not changed if all or none of its
 * groups have a site.
 */
final class SampledSites {

    private record Type(ModuleId owner, String name) {}

    private SampledSites() {}

    /**
     * Returns the estimated groups of all types, the most bytes first. If no type is changed, returns the given groups in their own order.
     *
     * @param every the number n: one of n requests is recorded; 0 or 1 returns the given groups
     */
    static List<BlockGroup> estimate(List<BlockGroup> groups, long every) {
        if (every <= 1) {
            return groups;
        }
        Map<Type, List<BlockGroup>> types = new LinkedHashMap<>();
        for (BlockGroup group : groups) {
            types.computeIfAbsent(new Type(group.owner(), group.type()), type -> new ArrayList<>())
                    .add(group);
        }
        List<BlockGroup> estimates = new ArrayList<>();
        boolean changed = false;
        for (List<BlockGroup> ofType : types.values()) {
            List<BlockGroup> recorded =
                    ofType.stream().filter(SampledSites::hasSite).toList();
            boolean exact = recorded.isEmpty() || recorded.size() == ofType.size();
            changed |= !exact;
            estimates.addAll(exact ? ofType : scale(ofType, recorded, every));
        }
        estimates.sort(Comparator.comparingLong(BlockGroup::bytes).reversed());
        return changed ? estimates : groups;
    }

    private static List<BlockGroup> scale(List<BlockGroup> ofType, List<BlockGroup> recorded, long every) {
        BlockGroup rest =
                ofType.stream().filter(group -> !hasSite(group)).findFirst().orElseThrow();
        long count = rest.count();
        long bytes = rest.bytes();
        double countFactor =
                factor(recorded.stream().mapToLong(BlockGroup::count).sum(), count, every);
        double bytesFactor =
                factor(recorded.stream().mapToLong(BlockGroup::bytes).sum(), bytes, every);
        List<BlockGroup> scaled = new ArrayList<>();
        for (BlockGroup group : recorded) {
            long moreBlocks =
                    Math.clamp(Math.round(group.count() * countFactor) - group.count(), 0, Math.max(count, 0));
            long moreBytes = Math.clamp(Math.round(group.bytes() * bytesFactor) - group.bytes(), 0, Math.max(bytes, 0));
            count -= moreBlocks;
            bytes -= moreBytes;
            scaled.add(new BlockGroup(
                    group.owner(),
                    group.type(),
                    group.site(),
                    group.bytes() + moreBytes,
                    group.count() + moreBlocks,
                    group.oldest()));
        }
        if (count > 0 || bytes > 0) {
            scaled.add(new BlockGroup(rest.owner(), rest.type(), CallStack.NONE, bytes, count, rest.oldest()));
        }
        return scaled;
    }

    private static double factor(long recorded, long rest, long every) {
        return recorded <= 0 ? 1 : Math.min((double) every, (recorded + Math.max(rest, 0)) / (double) recorded);
    }

    private static boolean hasSite(BlockGroup group) {
        return !group.site().frames().isEmpty();
    }
}
