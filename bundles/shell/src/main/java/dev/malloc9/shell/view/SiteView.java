package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.BlockGroup;
import dev.malloc9.api.runtime.CallStack;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.SiteTable;
import dev.malloc9.memstat.view.Json;
import dev.malloc9.memstat.view.Printable;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The blocks of types and sites, one line each, with a sum: blocks in use, their growth, or the blocks that a stopped bundle has not freed.
 *
 * @param groups the groups in their order
 * @param none the text that is shown if there are no groups
 * @param sizes the format of sizes in the text; JSON has bytes
 * @param sampling the number n if one of n requests has a site and the figures are estimates; 1 if they are exact
 */
public record SiteView(List<BlockGroup> groups, String none, Sizes sizes, long sampling) implements View {

    private static final String ESTIMATE = "figures by site are estimates: one request of ";

    private static final Comparator<BlockGroup> MOST_BYTES_FIRST =
            Comparator.comparingLong(BlockGroup::bytes).reversed();

    /** Creates a view of exact figures. */
    public SiteView(List<BlockGroup> groups, String none, Sizes sizes) {
        this(groups, none, sizes, 1);
    }

    /**
     * Returns a view with estimated figures, the most bytes first, if only a part of the groups of a type has a site; otherwise this view.
     *
     * @param every the number n: one of n requests has a site; 0 or 1 returns this view
     */
    public SiteView sampled(long every) {
        List<BlockGroup> estimates = SampledSites.estimate(groups, every);
        return estimates.equals(groups) ? this : new SiteView(estimates, none, sizes, every);
    }

    /**
     * Returns a view of the groups of several reports, the most bytes first. A report without sites is one group without a site.
     *
     * @param none the text that is shown if there are no groups
     */
    public static SiteView of(List<LeakReport> reports, String none, Sizes sizes) {
        return new SiteView(
                reports.stream()
                        .flatMap(report ->
                                report.groups().isEmpty() ? Stream.of(siteless(report)) : report.groups().stream())
                        .sorted(MOST_BYTES_FIRST)
                        .toList(),
                none,
                sizes);
    }

    private static BlockGroup siteless(LeakReport report) {
        return new BlockGroup(
                report.owner(), report.type(), CallStack.NONE, report.bytes(), report.allocations(), null);
    }

    @Override
    public String text() {
        return groups.isEmpty()
                ? none
                : new SiteTable(groups, groups.size(), true, sizes::text)
                                .lines().stream().map(Printable::of).collect(Collectors.joining("\n"))
                        + (sampling > 1 ? "\n" + ESTIMATE + sampling + " was recorded with its site" : "");
    }

    @Override
    public String json() {
        return Json.write("leaks", "site", groups, (fields, group) -> {
            Common.group(fields, group);
            if (sampling > 1) {
                fields.signed("estimated-from-one-of", sampling);
            }
        });
    }
}
