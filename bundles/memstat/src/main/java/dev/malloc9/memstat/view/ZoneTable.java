package dev.malloc9.memstat.view;

import dev.malloc9.memstat.MemoryType;
import java.util.List;
import java.util.Locale;

/**
 * The table of zones in the format of {@code vmstat -z} (FreeBSD 9). A blank line follows the head, and the text ends with a line
 * feed.
 *
 * @param types the zones, oldest first
 */
public record ZoneTable(List<MemoryType> types) implements Table {

    private static final String HEAD = String.format(
            Locale.ROOT,
            "%-20s %6s %6s %8s %8s %8s %4s %4s\n\n",
            "ITEM",
            "SIZE",
            "LIMIT",
            "USED",
            "FREE",
            "REQ",
            "FAIL",
            "SLEEP");

    @Override
    public String text() {
        StringBuilder text = new StringBuilder(HEAD);
        for (MemoryType zone : types) {
            text.append(String.format(
                    Locale.ROOT,
                    "%s %6s, %6s,%8s,%8s,%8s,%4s,%4s\n",
                    Printable.left(Printable.of(zone.name()) + ":", 20),
                    Long.toUnsignedString(zone.size()),
                    Long.toUnsignedString(zone.countlimit()),
                    Long.toUnsignedString(zone.count()),
                    Long.toUnsignedString(zone.free()),
                    Long.toUnsignedString(zone.numallocs()),
                    Long.toUnsignedString(zone.failures()),
                    Long.toUnsignedString(zone.sleeps())));
        }
        return text.toString();
    }

    @Override
    public String json() {
        return Json.write(
                "memory-zone-statistics",
                "zone",
                types,
                (fields, zone) -> fields.text("name", zone.name())
                        .unsigned("size", zone.size())
                        .unsigned("limit", zone.countlimit())
                        .signed("used", zone.count())
                        .unsigned("free", zone.free())
                        .unsigned("requests", zone.numallocs())
                        .unsigned("fail", zone.failures())
                        .unsigned("sleep", zone.sleeps()));
    }
}
