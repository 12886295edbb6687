package dev.malloc9.kernel;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.KnobRange;
import dev.malloc9.api.sysctl.KnobType;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.sysctl.SysctlFailed;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests all knobs of a kernel: the list of knobs, their properties and their values. */
class KnobsTest {

    @MallocDefine(name = "knobs")
    static final MallocType M_KNOBS = MallocType.define();

    private final Kernel kernel = Kernel.boot(Tunables.from(
            Map.of("vm.kmem_size", "128m", "vm.malloc.size_classes", "bsd", "debug.malloc.failure_rate", "3")::get,
            1L << 30));
    private final Sysctl sysctl = kernel.sysctl();

    @AfterEach
    void stop() {
        kernel.close();
    }

    /** The name, kind and format of each knob, as FreeBSD's tools receive them. */
    @Test
    void knobsHaveTheExpectedNameKindAndFormat() {
        assertThat(sysctl.knobs().stream()
                        .map(knob -> String.format(Locale.ROOT, "%s %08x %s", knob.name(), knob.kind(), knob.format())))
                .containsExactly(
                        "debug.fail.at c0002004 Q",
                        "debug.fail.failures 80000004 Q",
                        "debug.fail.points c0000003 A",
                        "debug.fail.steps 80000004 Q",
                        "debug.malloc.failure_count 80000002 I",
                        "debug.malloc.failure_rate c0080002 I",
                        "debug.malloc.level c0080003 A",
                        "debug.malloc.numzones 80080002 I",
                        "debug.malloc.zone_offset 80080006 IU",
                        "debug.vm_lowmem c0002002 I",
                        "kern.ipc.maxpipekva 80080007 L",
                        "kern.malloc_count 80000002 I",
                        "kern.malloc_stats 80000005 s,malloc_type_ustats",
                        "kern.malloc_stats_file 80080003 A",
                        "kern.maxusers 80080002 I",
                        "kern.mprof 80000003 A",
                        "kern.smp.maxcpus 80000002 I",
                        "kern.smp.maxid 80000002 I",
                        "vm.boot_pages 80080002 I",
                        "vm.kmem_map_free 80000008 LU",
                        "vm.kmem_map_size 80000008 LU",
                        "vm.kmem_reserve 80080008 LU",
                        "vm.kmem_size 80080008 LU",
                        "vm.kmem_size_max 80080008 LU",
                        "vm.kmem_size_min 80080008 LU",
                        "vm.kmem_size_scale 80080006 IU",
                        "vm.malloc.class_sizes 80000005 I",
                        "vm.malloc.quarantine c0080008 LU",
                        "vm.malloc.raw_quarantine 80080008 LU",
                        "vm.malloc.sites c0080002 I",
                        "vm.malloc.sites_count 80000002 I",
                        "vm.malloc.sites_depth c0080002 I",
                        "vm.malloc.size_classes 80080003 A",
                        "vm.malloc.verify_interval c0080006 IU",
                        "vm.malloc.zone_count 80000006 IU",
                        "vm.malloc.zone_sizes 80000005 I",
                        "vm.memguard.blocks 80000006 IU",
                        "vm.memguard.cursor 80000008 LU",
                        "vm.memguard.desc c0080003 A",
                        "vm.memguard.divisor 80080006 IU",
                        "vm.memguard.fail_kva 80000008 LU",
                        "vm.memguard.fail_pgs 80000008 LU",
                        "vm.memguard.frequency c0080006 IU",
                        "vm.memguard.frequency_hits 80000008 LU",
                        "vm.memguard.maplimit 80000008 LU",
                        "vm.memguard.mapsize 80000008 LU",
                        "vm.memguard.mapstart 80000008 LU",
                        "vm.memguard.mapused 80000008 LU",
                        "vm.memguard.max_blocks 80000006 IU",
                        "vm.memguard.minsize c0000006 IU",
                        "vm.memguard.minsize_reject 80000008 LU",
                        "vm.memguard.numalloc 80000008 LU",
                        "vm.memguard.options c0080002 I",
                        "vm.memguard.phys_limit 80000008 LU",
                        "vm.memguard.sample_interval c0080006 IU",
                        "vm.memguard.samples 80000008 LU",
                        "vm.memguard.wasted 80000008 LU",
                        "vm.memguard.wrapcnt 80000008 LU",
                        "vm.redzone.extra_mem 80000008 LU",
                        "vm.redzone.panic c0080002 I",
                        "vm.zone_count 80000002 I",
                        "vm.zone_stats 80000005 s,struct uma_type_header");
    }

    @Test
    void eachKnobHasADescriptionAndAWritableADefault() {
        assertThat(sysctl.knobs()).allSatisfy(knob -> {
            // The default is no file and no type, which reads as an empty text.
            boolean none =
                    knob.name().equals("kern.malloc_stats_file") || knob.name().equals("vm.memguard.desc");
            assertThat(knob.description()).as(knob.name()).isNotBlank().doesNotContain("\n");
            assertThat(knob.standard().isEmpty())
                    .as(knob.name())
                    .isEqualTo(none || (!knob.isTunable() && !knob.isWritable()));
            assertThat(sysctl.readText(knob.name()).isEmpty())
                    .as(knob.name())
                    .isEqualTo(none || knob.name().equals("kern.mprof"));
        });
        assertThat(sysctl.knobs().stream().map(Knob::description)).doesNotHaveDuplicates();
    }

    /** A value beyond either end of the range is refused with EINVAL, and the former value stays. */
    @Test
    void valueOutOfRangeIsRefused() {
        assertThat(sysctl.knobs().stream().filter(Knob::isWritable)).hasSize(15).allSatisfy(knob -> {
            List<String> wrong = knob.type() == KnobType.STRING
                    ? List.of("x".repeat((int) knob.range().max() + 1))
                    : Stream.of(knob.range().min(), knob.range().max())
                            .map(end -> BigInteger.valueOf(end)
                                    .add(BigInteger.valueOf(end == knob.range().min() ? -1 : 1))
                                    .toString())
                            .toList();
            String before = sysctl.readText(knob.name());
            assertThat(wrong)
                    .allSatisfy(value -> assertThatThrownBy(() -> sysctl.writeText(knob.name(), value))
                            .isInstanceOfSatisfying(
                                    SysctlFailed.class,
                                    refused -> assertThat(refused.errno()).isEqualTo(Errno.EINVAL)));
            assertThat(sysctl.readText(knob.name())).isEqualTo(before);
        });
        assertThat(sysctl.knob("vm.malloc.sites_depth").range()).isEqualTo(new KnobRange(1, 64));
        assertThat(sysctl.knob("vm.memguard.frequency").range()).isEqualTo(new KnobRange(0, 100_000));
        assertThat(sysctl.knob("vm.memguard.desc").range()).isEqualTo(new KnobRange(0, 127));
        assertThat(sysctl.knob("debug.malloc.level").range()).isEqualTo(new KnobRange(0, 15, List.of("R", "I", "G")));
    }

    @Test
    void knobsReadTheSettingsAndUsageOfTheKernel() {
        assertThat(List.of(
                        "kern.smp.maxcpus",
                        "kern.smp.maxid",
                        "vm.boot_pages",
                        "kern.maxusers",
                        "vm.kmem_size",
                        "vm.kmem_reserve",
                        "vm.malloc.raw_quarantine",
                        "vm.malloc.size_classes",
                        "vm.malloc.zone_count",
                        "vm.malloc.zone_sizes",
                        "vm.malloc.class_sizes",
                        "debug.malloc.numzones",
                        "debug.malloc.zone_offset",
                        "debug.vm_lowmem"))
                .extracting(sysctl::readText)
                .containsExactly(
                        "32",
                        "31",
                        "48",
                        "384",
                        "134217728",
                        "524288",
                        "1048576",
                        "bsd",
                        "10",
                        "16 32 64 128 256 512 1024 2048 4096 0",
                        "16 32 64 128 256 512 1024 2048 4096",
                        "1",
                        "900023",
                        "0");
        assertThat(sysctl.readText("vm.kmem_map_size"))
                .isEqualTo(Long.toString(kernel.runtime().kernelMap().used()));
        assertThat(sysctl.readText("vm.kmem_map_free"))
                .isEqualTo(Long.toString(kernel.runtime().kernelMap().largestFree()));
        assertThat(sysctl.readText("kern.malloc_count"))
                .isEqualTo(Integer.toString(kernel.runtime().types().size()));
        assertThat(sysctl.readText("vm.zone_count"))
                .isEqualTo(Integer.toString(kernel.runtime().zones().size()));
    }

    /** The golden vector: from boot on, the third, sixth and ninth of ten requests with M_NOWAIT fail. */
    @Test
    void failureRateIsOneValueForTunableKnobAndOperator() {
        assertThat(sysctl.readText("debug.malloc.failure_rate")).isEqualTo("3");
        assertThat(kernel.operator().failures().rate()).isEqualTo(3);
        assertThat(IntStream.rangeClosed(1, 10).filter(call -> kernel.malloc().malloc(64, M_KNOBS, M_NOWAIT) == null))
                .containsExactly(3, 6, 9);
        assertThat(sysctl.readText("debug.malloc.failure_count")).isEqualTo("3");
        sysctl.writeText("debug.malloc.failure_rate", "1");
        assertThat(kernel.operator().failures().rate()).isEqualTo(1);
        assertThat(kernel.malloc().malloc(64, M_KNOBS, M_NOWAIT)).isNull();
        kernel.operator().failureRate(0);
        assertThat(sysctl.readText("debug.malloc.failure_rate")).isEqualTo("0");
        assertThatThrownBy(() -> sysctl.writeText("debug.malloc.failure_rate", "-1"))
                .hasMessage("oid 'debug.malloc.failure_rate': invalid integer '-1': Invalid argument");
        assertThat(kernel.operator().failures().rate()).isZero();
    }

    @Test
    void aWriteToDebugVmLowmemRaisesTheEventUnlessItIsZero() {
        AtomicInteger asked = new AtomicInteger();
        kernel.lowMemory().register(asked::incrementAndGet);
        sysctl.writeText("debug.vm_lowmem", "0");
        assertThat(asked).hasValue(0);
        sysctl.writeText("debug.vm_lowmem", "1");
        assertThat(asked).hasValue(1);
        assertThat(sysctl.readText("debug.vm_lowmem")).isEqualTo("0");
    }

    @Test
    void invalidTunablesAreReported() {
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            kernel.complain(
                    List.of("loader.conf:3: ..."),
                    Map.ofEntries(
                            entry("vm.kmem_size", "12x"),
                            entry("vm.kmem_size_max", "-1"),
                            entry("vm.kmem_size_min", "1g"),
                            entry("vm.malloc.size_classes", "fin\u001be"),
                            entry("debug.malloc.failure_rate", "-3"),
                            entry("debug.malloc.level", "X"),
                            entry("vm.malloc.quarantine", "-1"),
                            entry("vm.malloc.sites", "-2"),
                            entry("vm.malloc.sites_depth", "0"),
                            entry("vm.memguard.desc", "d".repeat(128)),
                            entry("vm.memguard.options", "8"),
                            entry("vm.memguard.frequency", "200000"),
                            entry("vm.memguard.sample_interval", "3000000000"),
                            entry("nosuch", "x"))::get);
        } finally {
            System.setErr(err);
        }
        assertThat(said.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "loader.conf:3: ...",
                        "tunable vm.kmem_size is ignored: not a number: 12x",
                        "tunable vm.kmem_size_max is ignored: not a number: -1",
                        "tunable vm.malloc.quarantine is ignored: not a number: -1",
                        "tunable vm.malloc.size_classes is ignored: not bsd, pages or fine: fin\\u001be",
                        "tunable debug.malloc.level is ignored: not R, I or G: X",
                        "tunable vm.malloc.sites is ignored: not 0 or above: -2",
                        "tunable vm.malloc.sites_depth is ignored: not 1 to 64: 0",
                        "tunable vm.memguard.desc is cut: longer than 127 characters",
                        "tunable vm.memguard.options is ignored: not 0 to 3: 8",
                        "tunable vm.memguard.frequency is ignored: not 0 to 100000: 200000",
                        "tunable vm.memguard.sample_interval is ignored: not 0 to 2147483647: 3000000000",
                        "tunable debug.malloc.failure_rate is ignored: below 0: -3");
        assertThat(kernel.runtime().messages())
                .contains("loader.conf:3: ...", "tunable vm.kmem_size is ignored: not a number: 12x");
    }
}
