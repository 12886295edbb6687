package dev.malloc9.samples.ether;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The counts of a replay. The text is the report that {@code ether:replay} prints.
 *
 * @param frames the number of frames
 * @param bytes the sum of the captured lengths
 * @param protocols the number of frames of each protocol
 * @param skipped one line for each interface that is not Ethernet
 */
public record Counts(long frames, long bytes, Map<Protocol, Long> protocols, List<String> skipped) {

    /** Creates counts with copies of the given collections. */
    public Counts {
        protocols = Map.copyOf(protocols);
        skipped = List.copyOf(skipped);
    }

    /** Creates the counts of a capture that has only Ethernet interfaces. */
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
