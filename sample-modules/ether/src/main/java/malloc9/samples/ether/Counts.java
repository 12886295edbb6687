package malloc9.samples.ether;

import java.util.Locale;
import java.util.Map;

/**
 * What came in with a replay; its text is the report that {@code ether:replay} prints.
 *
 * @param frames how many
 * @param bytes their captured lengths together
 * @param protocols how many frames of each protocol
 */
public record Counts(long frames, long bytes, Map<Protocol, Long> protocols) {

    /** Keeps its own copy of the map. */
    public Counts {
        protocols = Map.copyOf(protocols);
    }

    @Override
    public String toString() {
        StringBuilder report = new StringBuilder();
        line(report, "frames", frames);
        line(report.append('\n'), "bytes", bytes);
        for (Protocol protocol : Protocol.values()) {
            line(report.append('\n'), protocol.label, protocols.getOrDefault(protocol, 0L));
        }
        return report.toString();
    }

    private static void line(StringBuilder report, String name, long count) {
        report.append(String.format(Locale.ROOT, "%-6s %10d", name, count));
    }
}
