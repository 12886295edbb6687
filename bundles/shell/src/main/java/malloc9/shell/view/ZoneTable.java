package malloc9.shell.view;

import java.util.List;
import malloc9.api.runtime.ZoneStats;

/**
 * The zones as {@code vmstat -z} shows them (FreeBSD 9): a blank line after the head, and one at the end.
 *
 * @param zones oldest first
 */
public record ZoneTable(List<ZoneStats> zones) implements View {

    private static final String HEAD = "%-20s %6s %6s %8s %8s %8s %4s %4s\n\n"
            .formatted("ITEM", "SIZE", "LIMIT", "USED", "FREE", "REQ", "FAIL", "SLEEP");

    @Override
    public String text() {
        StringBuilder text = new StringBuilder(HEAD);
        for (ZoneStats zone : zones) {
            text.append("%-20s %6d, %6d,%8d,%8d,%8d,%4d,%4d\n"
                    .formatted(
                            Printable.of(zone.name()) + ":",
                            zone.size(),
                            zone.limit(),
                            zone.used(),
                            zone.free(),
                            zone.requests(),
                            zone.failures(),
                            zone.sleeps()));
        }
        return text.toString();
    }
}
