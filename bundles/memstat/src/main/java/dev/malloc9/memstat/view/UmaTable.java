package dev.malloc9.memstat.view;

import dev.malloc9.memstat.MemoryType;
import java.util.List;
import java.util.Locale;

/**
 * The table of all zones in the format of the kernel debugger's {@code show uma}, newest first.
 *
 * @param types the zones, oldest first
 */
public record UmaTable(List<MemoryType> types) implements Table {

    private static final String HEAD = String.format(
            Locale.ROOT, "%18s %8s %8s %8s %12s %8s", "Zone", "Size", "Used", "Free", "Requests", "Sleeps");

    @Override
    public String text() {
        StringBuilder text = new StringBuilder(HEAD);
        for (MemoryType zone : types.reversed()) {
            text.append(String.format(
                    Locale.ROOT,
                    "\n%s %8s %8d %8d %12s %8s",
                    Printable.right(Printable.of(zone.name()), 18),
                    Long.toUnsignedString(zone.size()),
                    zone.count(),
                    zone.free(),
                    Long.toUnsignedString(zone.numallocs()),
                    Long.toUnsignedString(zone.sleeps())));
        }
        return text.toString();
    }

    @Override
    public String json() {
        return Json.write(
                "memory-zone-statistics",
                "zone",
                types.reversed(),
                (fields, zone) -> fields.text("name", zone.name())
                        .unsigned("size", zone.size())
                        .signed("used", zone.count())
                        .unsigned("free", zone.free())
                        .unsigned("requests", zone.numallocs())
                        .unsigned("sleeps", zone.sleeps()));
    }
}
