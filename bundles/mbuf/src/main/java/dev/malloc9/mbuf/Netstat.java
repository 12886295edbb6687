package dev.malloc9.mbuf;

import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.memstat.view.Json;
import dev.malloc9.memstat.view.Json.Fields;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Formats the output of {@code netstat -m} as FreeBSD did before libxo, from the statistics of the zones. The figures of sfbufs and
 * sendfile are always 0.
 */
final class Netstat {

    private static final int KIB = 1024;
    private static final ZoneStats NONE = new ZoneStats("", 0, 0, 0, 0, 0, 0, 0);

    private Netstat() {}

    /**
     * Returns the report as text, without a line feed at its end. A zone that is missing counts as 0.
     *
     * @param zones the statistics of the zones of mbufs
     * @param tagBytes the bytes in use of the type mbuf_tag
     * @param drains the number of calls of drain routines so far
     */
    static String report(List<ZoneStats> zones, long tagBytes, long drains) {
        ZoneStats mbuf = find(zones, "mbuf");
        ZoneStats cluster = find(zones, "mbuf_cluster");
        ZoneStats packet = find(zones, "mbuf_packet");
        ZoneStats page = find(zones, "mbuf_jumbo_page");
        ZoneStats nine = find(zones, "mbuf_jumbo_9k");
        ZoneStats sixteen = find(zones, "mbuf_jumbo_16k");

        long mbufs = mbuf.used() + packet.used();
        long freeMbufs = mbuf.free() + packet.free();
        long inUse = inUse(zones, tagBytes);
        long cached = cached(zones);
        String pageSize = page.size() / KIB + "k";
        return lines(
                String.format(
                        Locale.ROOT,
                        "%d/%d/%d mbufs in use (current/cache/total)",
                        mbufs,
                        freeMbufs,
                        mbufs + freeMbufs),
                String.format(
                        Locale.ROOT,
                        "%d/%d/%d/%d mbuf clusters in use (current/cache/total/max)",
                        cluster.used() - packet.free(),
                        cluster.free() + packet.free(),
                        cluster.used() + cluster.free(),
                        cluster.limit()),
                String.format(
                        Locale.ROOT,
                        "%d/%d mbuf+clusters out of packet secondary zone in use (current/cache)",
                        packet.used(),
                        packet.free()),
                jumbo(page, pageSize + " (page size)"),
                jumbo(nine, "9k"),
                jumbo(sixteen, "16k"),
                String.format(
                        Locale.ROOT,
                        "%dK/%dK/%dK bytes allocated to network (current/cache/total)",
                        inUse / KIB,
                        cached / KIB,
                        (inUse + cached) / KIB),
                String.format(
                        Locale.ROOT,
                        "%d/%d/%d requests for mbufs denied (mbufs/clusters/mbuf+clusters)",
                        mbuf.failures(),
                        cluster.failures(),
                        packet.failures()),
                String.format(
                        Locale.ROOT,
                        "%d/%d/%d requests for jumbo clusters denied (%s/9k/16k)",
                        page.failures(),
                        nine.failures(),
                        sixteen.failures(),
                        pageSize),
                "0 requests for sfbufs denied",
                "0 requests for sfbufs delayed",
                "0 requests for I/O initiated by sendfile",
                drains + " calls to protocol drain routines");
    }

    /**
     * Returns the same figures, and the counts of requests that slept, as JSON with the names of FreeBSD's netstat. The name
     * drain-calls is not FreeBSD's. Amounts of memory are in bytes; FreeBSD's are in KiB.
     */
    static String json(List<ZoneStats> zones, long tagBytes, long drains) {
        return Json.write("mbuf-statistics", zones, (fields, all) -> {
            ZoneStats mbuf = find(all, "mbuf");
            ZoneStats cluster = find(all, "mbuf_cluster");
            ZoneStats packet = find(all, "mbuf_packet");
            ZoneStats page = find(all, "mbuf_jumbo_page");
            ZoneStats nine = find(all, "mbuf_jumbo_9k");
            ZoneStats sixteen = find(all, "mbuf_jumbo_16k");
            long used = mbuf.used() + packet.used();
            long free = mbuf.free() + packet.free();
            fields.signed("mbuf-current", used)
                    .signed("mbuf-cache", free)
                    .signed("mbuf-total", used + free)
                    .signed("cluster-current", cluster.used() - packet.free())
                    .signed("cluster-cache", cluster.free() + packet.free())
                    .signed("cluster-total", cluster.used() + cluster.free())
                    .signed("cluster-max", cluster.limit())
                    .signed("packet-count", packet.used())
                    .signed("packet-free", packet.free());
            jumbo(fields, "jumbo", page, "max");
            fields.signed("jumbo-page-size", page.size());
            jumbo(fields, "jumbo9", nine, "max");
            // FreeBSD names this field "limit" and the other ones "max".
            jumbo(fields, "jumbo16", sixteen, "limit");
            long inUse = inUse(all, tagBytes);
            long cached = cached(all);
            fields.signed("bytes-in-use", inUse)
                    .signed("bytes-in-cache", cached)
                    .signed("bytes-total", inUse + cached)
                    .signed("mbuf-failures", mbuf.failures())
                    .signed("cluster-failures", cluster.failures())
                    .signed("packet-failures", packet.failures())
                    .signed("mbuf-sleeps", mbuf.sleeps())
                    .signed("cluster-sleeps", cluster.sleeps())
                    .signed("packet-sleeps", packet.sleeps())
                    .signed("jumbop-sleeps", page.sleeps())
                    .signed("jumbo9-sleeps", nine.sleeps())
                    .signed("jumbo16-sleeps", sixteen.sleeps())
                    .signed("jumbop-failures", page.failures())
                    .signed("jumbo9-failures", nine.failures())
                    .signed("jumbo16-failures", sixteen.failures())
                    .signed("sendfile-io-count", 0L)
                    .signed("sfbufs-alloc-failed", 0L)
                    .signed("sfbufs-alloc-wait", 0L)
                    .signed("drain-calls", drains);
        });
    }

    private static void jumbo(Fields fields, String name, ZoneStats zone, String limit) throws IOException {
        fields.signed(name + "-count", zone.used())
                .signed(name + "-cache", zone.free())
                .signed(name + "-total", zone.used() + zone.free())
                .signed(name + "-" + limit, zone.limit());
    }

    private static long inUse(List<ZoneStats> zones, long tagBytes) {
        ZoneStats mbuf = find(zones, "mbuf");
        ZoneStats cluster = find(zones, "mbuf_cluster");
        ZoneStats packet = find(zones, "mbuf_packet");
        return (mbuf.used() + packet.used()) * mbuf.size()
                + tagBytes
                + (cluster.used() - packet.free()) * cluster.size()
                + jumbos(zones).mapToLong(zone -> zone.used() * zone.size()).sum();
    }

    private static long cached(List<ZoneStats> zones) {
        ZoneStats mbuf = find(zones, "mbuf");
        ZoneStats cluster = find(zones, "mbuf_cluster");
        ZoneStats packet = find(zones, "mbuf_packet");
        return (mbuf.free() + packet.free()) * mbuf.size()
                + (packet.free() + cluster.free()) * cluster.size()
                + jumbos(zones).mapToLong(zone -> zone.free() * zone.size()).sum();
    }

    private static Stream<ZoneStats> jumbos(List<ZoneStats> zones) {
        return Stream.of("mbuf_jumbo_page", "mbuf_jumbo_9k", "mbuf_jumbo_16k").map(name -> find(zones, name));
    }

    private static String jumbo(ZoneStats zone, String name) {
        return String.format(
                Locale.ROOT,
                "%d/%d/%d/%d %s jumbo clusters in use (current/cache/total/max)",
                zone.used(),
                zone.free(),
                zone.used() + zone.free(),
                zone.limit(),
                name);
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
