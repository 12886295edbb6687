package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that the streams can be read with the structures and rules of libmemstat in each FreeBSD release from 9.0 to 15. */
class LibmemstatReleasesTest {

    private static final int MALLOC_MAX_NAME = 32;
    private static final int UTH_MAX_NAME = 32;

    /** The fields of the structures in their order: name and width in bytes. */
    private static final String STREAM_HEADER = "version 4, maxcpus 4, count 4, pad 4";

    private static final String TYPE_STATS =
            "memalloced 8, memfreed 8, numallocs 8, numfrees 8, size 8, reserved1 8, reserved2 8, reserved3 8";
    private static final String ZONE_NUMBERS =
            "align 4, size 4, rsize 4, maxpages 4, limit 4, pages 4, keg_free 4, zone_free 4, bucketsize 4, zone_flags 4";
    private static final String ZONE_COUNTERS = "allocs 8, frees 8, fails 8, sleeps 8";
    private static final String PERCPU_STAT =
            "allocs 8, frees 8, cache_free 8, reserved1 8, reserved2 8, reserved3 8, reserved4 8, reserved5 8";

    /**
     * A release of libmemstat.
     *
     * <p>The fields are:
     * <ul>
     *   <li>the number of CPU records for which the library has room;
     *   <li>the knob from which the length of {@code vm.zone_stats} is computed;
     *   <li>the number of entries of {@code vm.malloc.zone_sizes} for which the library has room, or 0 if the size of bit i is
     *       {@code 16 << i};
     *   <li>the counters of a zone behind {@code sleeps}.
     * </ul>
     */
    enum Release {
        R9_0(32, "kern.smp.maxcpus", 0, "reserved1 8, reserved2 8"),
        R9_3(Integer.MAX_VALUE, "kern.smp.maxid", 0, "reserved1 8, reserved2 8"),
        R10(Integer.MAX_VALUE, "kern.smp.maxid", 0, "reserved1 8, reserved2 8"),
        R11(Integer.MAX_VALUE, "kern.smp.maxid", 0, "reserved1 8, reserved2 8"),
        R12(Integer.MAX_VALUE, "kern.smp.maxid", 0, "reserved1 8, reserved2 8"),
        R13(Integer.MAX_VALUE, "kern.smp.maxid", 0, "xdomain 8, reserved1 8"),
        R14(Integer.MAX_VALUE, "kern.smp.maxid", 32, "xdomain 8, reserved1 8"),
        R15(Integer.MAX_VALUE, "kern.smp.maxid", 32, "xdomain 8, reserved1 8");

        private final long maxCpus;
        private final String zoneCpus;
        private final int zoneSizes;
        private final String lastZoneCounters;

        Release(long maxCpus, String zoneCpus, int zoneSizes, String lastZoneCounters) {
            this.maxCpus = maxCpus;
            this.zoneCpus = zoneCpus;
            this.zoneSizes = zoneSizes;
            this.lastZoneCounters = lastZoneCounters;
        }
    }

    /** The values of the fields of a structure, by name. */
    private record Fields(Map<String, Long> values) {
        long get(String field) {
            return requireNonNull(values.get(field));
        }
    }

    private final Subsystem kernel = new Subsystem(64 << 20, SizeClasses.FINE, ZoneSets.ONE);
    private final Sysctl sysctl = kernel.sysctl();

    @AfterEach
    void stop() {
        kernel.close();
    }

    @ParameterizedTest
    @EnumSource
    void eachReleaseReadsTheTypeStatistics(Release release) {
        load();
        long cpus = number("kern.smp.maxcpus");
        assertThat(cpus).isLessThanOrEqualTo(release.maxCpus);
        ByteBuffer stream = read("kern.malloc_stats");
        assertThat(stream.remaining()).isLessThanOrEqualTo((int) (32 + number("kern.malloc_count") * (32 + 64 * cpus)));
        Fields header = fields(STREAM_HEADER, stream);
        assertThat(header.values()).containsEntry("version", 1L).containsEntry("maxcpus", cpus);
        List<String> names = new ArrayList<>();
        for (long type = 0; type < header.get("count"); type++) {
            String name = name(stream, MALLOC_MAX_NAME);
            names.add(name);
            Map<String, Long> sum = new LinkedHashMap<>();
            long mask = 0;
            for (long cpu = 0; cpu < cpus; cpu++) {
                Fields record = fields(TYPE_STATS, stream);
                mask |= record.get("size");
                record.values().forEach((field, value) -> sum.merge(field, value, Long::sum));
            }
            TypeStats expected = kernel.stats(name);
            assertThat(sum)
                    .containsEntry("memalloced", expected.allocated())
                    .containsEntry("memfreed", expected.freed())
                    .containsEntry("numallocs", expected.allocs())
                    .containsEntry("numfrees", expected.frees());
            assertThat(sizes(release, mask)).isEqualTo(sizesOf(expected.sizeMask()));
        }
        assertThat(stream.hasRemaining()).isFalse();
        assertThat(names).containsExactly("b", "a");
        assertThat(sizes(release, kernel.stats("a").sizeMask())).containsExactly(16, 64, 128, 512, 4096);
    }

    @ParameterizedTest
    @EnumSource
    void eachReleaseReadsTheZoneStatistics(Release release) {
        load();
        long cpus = number(release.zoneCpus) + (release.zoneCpus.endsWith("maxid") ? 1 : 0);
        ByteBuffer stream = read("vm.zone_stats");
        assertThat(stream.remaining()).isLessThanOrEqualTo((int) (120 + number("vm.zone_count") * (120 + 64 * cpus)));
        Fields header = fields(STREAM_HEADER, stream);
        assertThat(header.values()).containsEntry("version", 1L);
        assertThat(header.get("maxcpus")).isLessThanOrEqualTo(Math.min(cpus, release.maxCpus));
        assertThat(stream.remaining()).isEqualTo((int) (header.get("count") * (120 + 64 * header.get("maxcpus"))));
        String fields = ZONE_NUMBERS + ", " + ZONE_COUNTERS + ", " + release.lastZoneCounters;
        Map<String, ZoneStats> zones = new LinkedHashMap<>();
        kernel.subsystem.statistics().zoneStats().forEach(zone -> zones.put(zone.name(), zone));
        for (long i = 0; i < header.get("count"); i++) {
            ZoneStats expected = requireNonNull(zones.remove(name(stream, UTH_MAX_NAME)));
            Fields zone = fields(fields, stream);
            long free = zone.get("zone_free") + zone.get("keg_free");
            for (long cpu = 0; cpu < header.get("maxcpus"); cpu++) {
                Fields record = fields(PERCPU_STAT, stream);
                free += record.get("cache_free");
                assertThat(record.values()).containsEntry("allocs", 0L).containsEntry("frees", 0L);
            }
            assertThat(zone.values())
                    .containsEntry("size", expected.size())
                    .containsEntry("limit", expected.limit())
                    .containsEntry("allocs", expected.requests())
                    .containsEntry("sleeps", expected.sleeps());
            assertThat(free).isEqualTo(expected.free());
            assertThat(zone.values().getOrDefault("xdomain", 0L)).isZero();
        }
        assertThat(zones).isEmpty();
        assertThat(stream.hasRemaining()).isFalse();
    }

    private void load() {
        kernel.load("driver", M_A, M_B);
        for (int size : new int[] {1, 50, 100, 400, 3000, 20_000, 100_000}) {
            kernel.malloc().malloc(size, M_A, M_WAITOK);
        }
        kernel.malloc().free(kernel.malloc().malloc(2048, M_B, M_WAITOK), M_B);
    }

    /** Returns the sizes that vmstat -m of a release shows for a mask. */
    private List<Integer> sizes(Release release, long mask) {
        if (release.zoneSizes == 0) {
            return sizesOf(mask);
        }
        int count = (int) number("vm.malloc.zone_count");
        ByteBuffer entries = read("vm.malloc.zone_sizes");
        assertThat(count).isLessThanOrEqualTo(release.zoneSizes);
        assertThat(entries.remaining()).isEqualTo(count * Integer.BYTES);
        assertThat(entries.getInt((count - 1) * Integer.BYTES)).isZero();
        return IntStream.range(0, count)
                .filter(bit -> (mask & 1L << bit) != 0)
                .map(bit -> entries.getInt(bit * Integer.BYTES))
                .boxed()
                .toList();
    }

    private static List<Integer> sizesOf(long mask) {
        return IntStream.range(0, 32)
                .filter(bit -> (mask & 1L << bit) != 0)
                .map(bit -> 1 << (bit + 4))
                .boxed()
                .toList();
    }

    private long number(String knob) {
        ByteBuffer value = read(knob);
        assertThat(value.remaining()).isEqualTo(Integer.BYTES);
        return value.getInt();
    }

    private ByteBuffer read(String knob) {
        return ByteBuffer.wrap(sysctl.read(knob)).order(ByteOrder.nativeOrder());
    }

    private static String name(ByteBuffer stream, int length) {
        byte[] name = new byte[length];
        stream.get(name);
        assertThat(name[length - 1]).isZero();
        return new String(name, StandardCharsets.UTF_8).replaceFirst("\0+$", "");
    }

    private static Fields fields(String structure, ByteBuffer stream) {
        Map<String, Long> values = new LinkedHashMap<>();
        for (String field : structure.split(", ", -1)) {
            String[] nameAndWidth = field.split(" ", 2);
            values.put(
                    nameAndWidth[0],
                    nameAndWidth[1].equals("4") ? Integer.toUnsignedLong(stream.getInt()) : stream.getLong());
        }
        return new Fields(values);
    }
}
