package malloc9.mbuf;

import java.util.List;
import malloc9.api.runtime.ZoneStats;

/** What {@code netstat -m} prints, to the letter; figures are libmemstat's. */
final class Netstat {

    private static final int KIB = 1024;
    private static final ZoneStats NONE = new ZoneStats("", 0, 0, 0, 0, 0, 0, 0);

    private Netstat() {}

    /**
     * The report.
     *
     * @param zones of the kernel; of several of a name the newest counts
     * @param tagBytes in use by the type mbuf_tag
     * @param drains calls of drain routines so far
     */
    static String report(List<ZoneStats> zones, long tagBytes, long drains) {
        ZoneStats mbuf = find(zones, "mbuf");
        ZoneStats cluster = find(zones, "mbuf_cluster");
        ZoneStats packet = find(zones, "mbuf_packet");
        ZoneStats page = find(zones, "mbuf_jumbo_page");
        ZoneStats nine = find(zones, "mbuf_jumbo_9k");
        ZoneStats sixteen = find(zones, "mbuf_jumbo_16k");
        List<ZoneStats> jumbos = List.of(page, nine, sixteen);

        long mbufs = mbuf.used() + packet.used();
        long freeMbufs = mbuf.free() + packet.free();
        long inUse = mbufs * mbuf.size()
                + tagBytes
                + (cluster.used() - packet.free()) * cluster.size()
                + jumbos.stream().mapToLong(zone -> zone.used() * zone.size()).sum();
        long cached = freeMbufs * mbuf.size()
                + (packet.free() + cluster.free()) * cluster.size()
                + jumbos.stream().mapToLong(zone -> zone.free() * zone.size()).sum();
        String pageSize = page.size() / KIB + "k";
        return lines(
                "%d/%d/%d mbufs in use (current/cache/total)".formatted(mbufs, freeMbufs, mbufs + freeMbufs),
                "%d/%d/%d/%d mbuf clusters in use (current/cache/total/max)"
                        .formatted(
                                cluster.used() - packet.free(),
                                cluster.free() + packet.free(),
                                cluster.used() + cluster.free(),
                                cluster.limit()),
                "%d/%d mbuf+clusters out of packet secondary zone in use (current/cache)"
                        .formatted(packet.used(), packet.free()),
                jumbo(page, pageSize + " (page size)"),
                jumbo(nine, "9k"),
                jumbo(sixteen, "16k"),
                "%dK/%dK/%dK bytes allocated to network (current/cache/total)"
                        .formatted(inUse / KIB, cached / KIB, (inUse + cached) / KIB),
                "%d/%d/%d requests for mbufs denied (mbufs/clusters/mbuf+clusters)"
                        .formatted(mbuf.failures(), cluster.failures(), packet.failures()),
                "%d/%d/%d requests for jumbo clusters denied (%s/9k/16k)"
                        .formatted(page.failures(), nine.failures(), sixteen.failures(), pageSize),
                "0 requests for sfbufs denied",
                "0 requests for sfbufs delayed",
                "0 requests for I/O initiated by sendfile",
                drains + " calls to protocol drain routines");
    }

    private static String jumbo(ZoneStats zone, String name) {
        return "%d/%d/%d/%d %s jumbo clusters in use (current/cache/total/max)"
                .formatted(zone.used(), zone.free(), zone.used() + zone.free(), zone.limit(), name);
    }

    private static ZoneStats find(List<ZoneStats> zones, String name) {
        return zones.reversed().stream()
                .filter(zone -> zone.name().equals(name))
                .findFirst()
                .orElse(NONE);
    }

    private static String lines(String... lines) {
        return String.join("\n", lines);
    }
}
