package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.FreePages;
import dev.malloc9.memstat.view.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The free pages of the kernel map, in the layout of the kernel debugger's {@code show freepages}: one free list, one pool, largest blocks
 * first.
 *
 * @param pages the numbers of free blocks by order
 */
public record FreePagesView(FreePages pages) implements View {

    private static final int KIB = 1024;

    @Override
    public String text() {
        List<String> lines = new ArrayList<>(List.of(
                "FREE LIST 0:",
                "",
                "  ORDER (SIZE)  |  NUMBER",
                "                |  POOL 0",
                "--            -- --      --"));
        for (int order = pages.blocks().size() - 1; order >= 0; order--) {
            lines.add(String.format(
                    Locale.ROOT,
                    "  %02d (%06dK)  |  %06d",
                    order,
                    pages.bytes(order) / KIB,
                    pages.blocks().get(order)));
        }
        // A blank line ends each list.
        lines.add("");
        return String.join("\n", lines);
    }

    @Override
    public String json() {
        return Json.write(
                "freepages",
                "order",
                IntStream.range(0, pages.blocks().size()).boxed().toList().reversed(),
                (fields, order) -> fields.signed("order", (long) order)
                        .signed("size", pages.bytes(order))
                        .signed("number", pages.blocks().get(order)));
    }
}
