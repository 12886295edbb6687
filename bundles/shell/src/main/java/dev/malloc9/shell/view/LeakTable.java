package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.memstat.view.Json;
import java.util.List;

/**
 * The blocks that stopped bundles have not freed: one line for each report and block size. JSON also has the sites.
 *
 * @param leaks the reports, oldest first
 * @param sizes the format of sizes in the text; JSON has bytes
 */
public record LeakTable(List<LeakReport> leaks, Sizes sizes) implements View {

    private static final String NONE = "no leaks";

    @Override
    public String text() {
        if (leaks.isEmpty()) {
            return NONE;
        }
        Columns columns = new Columns(">BYTES", ">COUNT", ">SIZE", "TYPE", "BUNDLE", "WHEN");
        for (LeakReport leak : leaks) {
            String owner = ModuleTable.fullName(leak.owner());
            String when = Clock.text(leak.when());
            for (LeakReport.Blocks blocks : leak.blocks()) {
                String bytes = sizes.text(blocks.size() * blocks.count());
                columns.add(bytes, blocks.count(), sizes.text(blocks.size()), leak.type(), owner, when);
            }
        }
        return columns.toString();
    }

    @Override
    public String json() {
        return Json.write(
                "leaks",
                "report",
                leaks,
                (fields, leak) -> Common.module(fields.text("when", Clock.text(leak.when())), leak.owner())
                        .text("type", leak.type())
                        .signed("allocations", leak.allocations())
                        .signed("bytes", leak.bytes())
                        .rows(
                                "blocks",
                                leak.blocks(),
                                (blocks, each) ->
                                        blocks.signed("size", each.size()).signed("count", each.count()))
                        .rows("sites", leak.groups(), Common::group));
    }
}
