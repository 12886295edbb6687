package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the command sysctl and of loader.conf, in the form in which an operator types and writes them. */
@Tag("script")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "felix-config/run is a POSIX script")
class SysctlIT {

    private static final List<String> KNOBS = List.of(
            "debug.fail.at",
            "debug.fail.failures",
            "debug.fail.points",
            "debug.fail.steps",
            "debug.malloc.failure_count",
            "debug.malloc.failure_rate",
            "debug.malloc.level",
            "debug.malloc.numzones",
            "debug.malloc.zone_offset",
            "debug.vm_lowmem",
            "kern.ipc.maxpipekva",
            "kern.malloc_count",
            "kern.malloc_stats",
            "kern.malloc_stats_file",
            "kern.maxusers",
            "kern.mprof",
            "kern.smp.maxcpus",
            "kern.smp.maxid",
            "vm.boot_pages",
            "vm.kmem_map_free",
            "vm.kmem_map_size",
            "vm.kmem_reserve",
            "vm.kmem_size",
            "vm.kmem_size_max",
            "vm.kmem_size_min",
            "vm.kmem_size_scale",
            "vm.malloc.class_sizes",
            "vm.malloc.quarantine",
            "vm.malloc.raw_quarantine",
            "vm.malloc.sites",
            "vm.malloc.sites_count",
            "vm.malloc.sites_depth",
            "vm.malloc.size_classes",
            "vm.malloc.verify_interval",
            "vm.malloc.zone_count",
            "vm.malloc.zone_sizes",
            "vm.memguard.blocks",
            "vm.memguard.cursor",
            "vm.memguard.desc",
            "vm.memguard.divisor",
            "vm.memguard.fail_kva",
            "vm.memguard.fail_pgs",
            "vm.memguard.frequency",
            "vm.memguard.frequency_hits",
            "vm.memguard.maplimit",
            "vm.memguard.mapsize",
            "vm.memguard.mapstart",
            "vm.memguard.mapused",
            "vm.memguard.max_blocks",
            "vm.memguard.minsize",
            "vm.memguard.minsize_reject",
            "vm.memguard.numalloc",
            "vm.memguard.options",
            "vm.memguard.phys_limit",
            "vm.memguard.sample_interval",
            "vm.memguard.samples",
            "vm.memguard.wasted",
            "vm.memguard.wrapcnt",
            "vm.redzone.extra_mem",
            "vm.redzone.panic",
            "vm.zone_count",
            "vm.zone_stats");

    @TempDir
    private Path folder;

    @Test
    void allKnobsAreListedAndDescribed() throws Exception {
        Distribution.Run run = Distribution.run(
                folder,
                "-c",
                "echo names; sysctl -N -a; echo values; sysctl -a; echo descriptions; sysctl -a -d; echo end");
        assertThat(run.exit()).as(run.err()).isZero();
        List<String> lines = run.lines();
        assertThat(between(lines, "names", "values")).containsExactlyElementsOf(KNOBS);
        List<String> values = between(lines, "values", "descriptions");
        List<String> descriptions = between(lines, "descriptions", "end");
        assertThat(KNOBS).allSatisfy(knob -> {
            assertThat(values).anyMatch(line -> line.startsWith(knob + ": "));
            assertThat(descriptions).anyMatch(line -> line.matches(knob.replace(".", "\\.") + ": \\S.{10,}"));
        });
        assertThat(values)
                .contains("kern.smp.maxcpus: 32", "vm.malloc.size_classes: fine")
                .anyMatch(line -> line.startsWith("kern.malloc_stats: Format:s,malloc_type_ustats Length:")
                        && line.contains(" Dump:0x0100000020000000"));
        assertThat(descriptions)
                .contains("debug.malloc.failure_rate: every how many requests with M_NOWAIT one fails; 0 for none"
                        + " (in requests; at least 0; set now or at boot; default: 0)");
    }

    @Test
    void loaderConfActsAfterARestartAndBadLinesAreNamed() throws Exception {
        Path conf = folder.resolve("my loader.conf");
        Files.writeString(conf, """
                # the map
                vm.kmem_size="512M"   # half a gigabyte
                what is this
                debug.malloc.numzones="many"
                """);
        Distribution.Run run = Distribution.run(
                folder,
                Map.of("MALLOC9_LOADER_CONF", conf.toString()),
                "-c",
                "sysctl -n vm.kmem_size; sysctl debug.malloc.numzones");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.lines()).containsExactly("536870912", "debug.malloc.numzones: 1");
        assertThat(run.err().lines())
                .containsExactly(
                        conf + ":3: ignored, not NAME=\"VALUE\": what is this",
                        conf + ":4: debug.malloc.numzones=\"many\" is ignored: not a number");

        Distribution.Run wins = Distribution.run(
                folder,
                Map.of("MALLOC9_LOADER_CONF", conf.toString(), "JDK_JAVA_OPTIONS", "-Dvm.kmem_size=256M"),
                "-c",
                "sysctl vm.kmem_size");
        assertThat(wins.exit()).as(wins.err()).isZero();
        assertThat(wins.lines()).containsExactly("vm.kmem_size: 268435456");
    }

    @Test
    void refusedValueIsExplainedAndExits1() throws Exception {
        Distribution.Run run = Distribution.run(
                folder,
                "-c",
                "sysctl kern.malloc_count=1; sysctl vm.kmem_size=1g; sysctl vm.malloc=1; sysctl debug.malloc.failure_rate=x;"
                        + " sysctl vm.kmem_sise; sysctl kern.smp.maxcpus.x; sysctl hw.ncpu; sysctl");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .containsExactly(
                        "sysctl: oid 'kern.malloc_count' is read only: Operation not permitted",
                        "sysctl: oid 'vm.kmem_size' is a read only tunable: Operation not permitted"
                                + " (tunable values are set in loader.conf)",
                        "sysctl: oid 'vm.malloc' isn't a leaf node: Is a directory",
                        "sysctl: oid 'debug.malloc.failure_rate': invalid integer 'x': Invalid argument",
                        "sysctl: unknown oid 'vm.kmem_sise': No such file or directory (did you mean vm.kmem_size?)",
                        "sysctl: oid 'kern.smp.maxcpus.x' lies below 'kern.smp.maxcpus', which has a value: Not a directory",
                        "sysctl: unknown oid 'hw.ncpu': No such file or directory",
                        "sysctl: usage: sysctl [-b|-d|-N] [-n] [-o FORMAT] NAME[=VALUE]...|-a");
    }

    @Test
    void valueIsSetAtOnceAndANodeShowsItsKnobs() throws Exception {
        Distribution.Run run = Distribution.run(
                folder,
                "-c",
                "sysctl debug.malloc.failure_rate=0x10 kern.smp; sysctl -n debug.malloc.failure_rate; sysctl vm.malloc -N;"
                        + " sysctl kern.smp.maxcpus nosuch.knob kern.maxusers");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.lines())
                .containsExactly(
                        "debug.malloc.failure_rate: 0 -> 16",
                        "kern.smp.maxcpus: 32",
                        "kern.smp.maxid: 31",
                        "16",
                        "vm.malloc.class_sizes",
                        "vm.malloc.quarantine",
                        "vm.malloc.raw_quarantine",
                        "vm.malloc.sites",
                        "vm.malloc.sites_count",
                        "vm.malloc.sites_depth",
                        "vm.malloc.size_classes",
                        "vm.malloc.verify_interval",
                        "vm.malloc.zone_count",
                        "vm.malloc.zone_sizes",
                        "kern.smp.maxcpus: 32");
        assertThat(run.err().lines()).containsExactly("sysctl: unknown oid 'nosuch.knob': No such file or directory");
    }

    @Test
    void sysctlBPrintsOnlyTheRawBytes() throws Exception {
        Path file = folder.resolve("s.bin");
        Process process = new ProcessBuilder(Distribution.RUN.toString(), "-c", "sysctl -b kern.malloc_stats")
                .redirectOutput(file.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor()).isZero();
        byte[] stream = Files.readAllBytes(file);
        ByteBuffer header = ByteBuffer.wrap(stream).order(ByteOrder.nativeOrder());
        assertThat(header.getInt()).isEqualTo(1);
        assertThat(header.getInt()).isEqualTo(32);
        assertThat(stream).hasSize(16 + header.getInt() * 2080);
    }

    private static List<String> between(List<String> lines, String from, String to) {
        return lines.subList(lines.indexOf(from) + 1, lines.indexOf(to));
    }
}
