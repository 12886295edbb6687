package malloc9.samples.ether;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What came in with a replay; its text is the report that {@code ether:replay} prints.
 *
 * @param frames how many
 * @param bytes their captured lengths together
 * @param protocols how many frames of each protocol
 * @param skipped one line for each interface that is not Ethernet
 */
public record Counts(long frames, long bytes, Map<Protocol, Long> protocols, List<String> skipped) {

    /** Keeps its own copies. */
    public Counts {
        protocols = Map.copyOf(protocols);
        skipped = List.copyOf(skipped);
    }

    /** The counts of a capture whose interfaces are all Ethernet. */
    public Counts(long frames, long bytes, Map<Protocol, Long> protocols) {
        this(frames, bytes, protocols, List.of());
    }

    @Override
    public String toString() {
        StringBuilder report = new StringBuilder();
        line(report, "frames", frames);
        line(report.append('\n'), "bytes", bytes);
        for (Protocol protocol : Protocol.values()) {
            line(report.append('\n'), protocol.label, protocols.getOrDefault(protocol, 0L));
        }
        for (String line : skipped) {
            report.append('\n').append(line);
        }
        return report.toString();
    }

    private static void line(StringBuilder report, String name, long count) {
        report.append(String.format(Locale.ROOT, "%-6s %10d", name, count));
    }
}
