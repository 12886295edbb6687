package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import aQute.bnd.osgi.Processor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the promises of the README about {@code felix-config/run}. Each command is run as a user types it. */
@Tag("script")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "felix-config/run is a POSIX script")
class DistributionIT {

    @TempDir
    private Path folder;

    /** The build resolves the list in malloc9.bndrun. The distribution has the same bundles. */
    @Test
    void distributionHasTheBundlesOfTheRunDescription() throws Exception {
        Set<String> listed;
        try (Processor run = new Processor()) {
            run.setProperties(
                    Distribution.ROOT.resolve("felix-config/malloc9.bndrun").toFile());
            listed = run.getParameters("-runbundles").keySet();
        }
        Set<String> bundles = new TreeSet<>();
        for (String folder : List.of("bundle", "later")) {
            try (Stream<Path> jars = Files.list(Distribution.DRIVERS.resolveSibling(folder))) {
                for (Path jar : jars.toList()) {
                    try (JarFile bundle = new JarFile(jar.toFile())) {
                        bundles.add(bundle.getManifest()
                                .getMainAttributes()
                                .getValue("Bundle-SymbolicName")
                                .replaceFirst(";.*", ""));
                    }
                }
            }
        }
        assertThat(bundles).containsExactlyInAnyOrderElementsOf(listed);
    }

    @Test
    void dependenciesComeAndGoWithTheirUser() throws Exception {
        Distribution.Run run = Distribution.run(
                folder, "-c", "kldload ether; ether:replay; vmstat -m; netstat -m; kldunload ether; lb");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.lines().get(0)).startsWith("Loaded mbuf, id=");
        assertThat(run.lines().get(1)).startsWith("Loaded ether, id=");
        assertThat(run.lines()).anyMatch(line -> line.contains("mbufs in use"));
        assertThat(run.lines()).containsSequence("Unloaded ether", "Unloaded mbuf");
        assertThat(run.out()).doesNotContain("mbuf (1");
    }

    @Test
    void moduleInUseIsBusyAndForceTakesItsUsers() throws Exception {
        Distribution.Run run = Distribution.run(
                folder,
                "-c",
                "kldload mbuf; kldload ether; kldunload mbuf; kldunload -f mbuf; kldload mbuf; netstat -m;"
                        + " kldload ether; ether:replay");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("kldunload: can't unload mbuf: Device busy (used by ether)\n");
        assertThat(run.lines()).containsSequence("Unloaded ether", "Unloaded mbuf");
        assertThat(run.lines()).anyMatch(line -> line.contains("mbufs in use"));
        assertThat(run.lines()).anyMatch(line -> line.contains("frames"));
    }

    @Test
    void aFreshBootHasRowsToShow() throws Exception {
        Distribution.Run run = Distribution.run(folder, "-c", "vmstat -m; lb");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.lines())
                .startsWith(
                        "         Type InUse MemUse HighUse Requests  Size(s)",
                        "       msgbuf     8    32K       -        8  4096")
                .anyMatch(Pattern.compile("         temp     0     0K       - +\\d+  [0-9,]+")
                        .asMatchPredicate())
                .anyMatch(line -> line.contains("malloc9 kernel"));
        assertThat(run.err()).isEmpty();
    }

    @Test
    void distributionRunsTheConfiguredFramework() throws Exception {
        Distribution.Run run = Distribution.run(folder, "-c", "headers 0");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("Bundle-SymbolicName = " + FrameworkUnderTest.SYMBOLIC_NAME);
    }

    @Test
    void thePromptTakesLinesFromAPipe() throws Exception {
        Distribution.Run run = Distribution.type(folder, "kldload leaky", "vmstat -m", "exit 3");
        assertThat(run.exit()).as(run.err()).isEqualTo(3);
        assertThat(run.lines()).contains("        leaky     3     6K       -        3  2048");
    }

    @Test
    void stopOfTheFrameworkReportsTheLeaksOfDrivers() throws Exception {
        Distribution.Run run = Distribution.type(folder, "kldload leaky", "stop 0");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.lines())
                .contains("Warning: memory type leaky leaked memory on destroy (3 allocations, 6144 bytes leaked).");
    }

    @Test
    void jqParsesTheJsonOutput() throws Exception {
        Path jq = Path.of("/usr/bin/jq");
        assumeTrue(Files.isExecutable(jq), "needs jq; ShellIT reads JSON with a parser of its own");
        Distribution.Run run = Distribution.run(folder, "-c", "vmstat -m -o json");
        assertThat(run.exit()).as(run.err()).isZero();
        Path json = Files.writeString(folder.resolve("vmstat.json"), run.out());
        Process parsed = new ProcessBuilder(
                        jq.toString(),
                        "-r",
                        ".\"malloc-statistics\".memory[] | select(.type == \"msgbuf\") | .\"memory-use\"",
                        json.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(parsed.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualToIgnoringNewLines("32768");
        assertThat(parsed.waitFor()).isZero();
    }

    @Test
    void aTableGoesThroughAPipe() throws Exception {
        Distribution.Run run = Distribution.run(folder, "-c", "vmstat -m | grep msgbuf");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.lines()).containsExactly("       msgbuf     8    32K       -        8  4096");
    }

    @Test
    void gogoStopStartAndUpdateReportLeaks() throws Exception {
        String loaded = Distribution.run(folder, "-c", "kldload leaky").out();
        String id = loaded.replaceFirst("(?s)Loaded leaky, id=(\\d+).*", "$1");
        Distribution.Run run = Distribution.run(
                folder,
                "-c",
                String.format(
                        Locale.ROOT,
                        "kldload leaky; stop %1$s; lb leaky; start %1$s; update %1$s; lb leaky; kldunload leaky",
                        id));
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.lines().stream().filter(line -> line.contains("|leaky")))
                .satisfiesExactly(
                        line -> assertThat(line).contains("Resolved"),
                        line -> assertThat(line).contains("Active"));
        assertThat(run.lines().stream().filter(line -> line.startsWith("Warning: memory type leaky")))
                .as("by stop, by update, by kldunload")
                .hasSize(3);
    }

    @Test
    void etherReplaysItsCaptureAndLeaksNothing() throws Exception {
        Distribution.Run run = Distribution.run(
                folder,
                "-c",
                "kldload mbuf; kldload ether; ether:replay; vmstat -m; vmstat -z; netstat -m; kldunload ether;"
                        + " netstat -m; kldunload mbuf; leaks");
        assertThat(run.exit()).as(run.err()).isZero();
        Properties counts = generatorsCounts();
        assertThat(counts).hasSizeGreaterThan(5);
        counts.forEach(
                (what, number) -> assertThat(run.lines()).anyMatch(row(String.valueOf(what), String.valueOf(number))));
        assertThat(run.lines())
                .anyMatch(Pattern.compile(" +ether +1 +4K +- +1  4096").asMatchPredicate())
                .anyMatch(Pattern.compile("mbuf_packet: +256, +0, +0, +\\d+, +10240,.*")
                        .asMatchPredicate())
                .filteredOn(line -> line.endsWith("mbufs in use (current/cache/total)"))
                .hasSize(2)
                .allMatch(line -> line.startsWith("0/"), "none in use");
        assertThat(run.lines()).contains("no leaks").noneMatch(line -> line.contains("Warning"));
    }

    @Test
    void leakWarningIsPrintedOnce() throws Exception {
        Distribution.Run run = Distribution.run(folder, "-c", "kldload leaky; kldunload leaky; leaks");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.lines())
                .filteredOn(line -> line.contains("leaked memory"))
                .containsExactly(
                        "Warning: memory type leaky leaked memory on destroy (3 allocations, 6144 bytes leaked).");
        assertThat(run.lines())
                .anyMatch(Pattern.compile(" *6144 +3 +2048 +leaky +leaky-.*").asMatchPredicate());
    }

    @Test
    void naughtyDriversPrintTheirReportsAndNoCommandFails() throws Exception {
        for (String[] driver : new String[][] {
            {"overrun", "REDZONE: Buffer overflow detected. 4 bytes corrupted after 0x"},
            {"underrun", "REDZONE: Buffer underflow detected. 8 bytes corrupted before 0x"},
            {"uaf", "Memory modified after free 0x"},
            {"wrongtype", "wrongtype: WRONG_TYPE: free: block 0x"},
            {"doublefree", "doublefree: DOUBLE_FREE: free: block 0x"}
        }) {
            Distribution.Run run = Distribution.run(
                    folder, "-c", String.format(Locale.ROOT, "kldload %1$s; kldunload %1$s", driver[0]));
            assertThat(run.exit()).as(run.err()).isZero();
            assertThat(run.lines()).as(driver[0]).anyMatch(line -> line.startsWith(driver[1]));
            assertThat(run.err()).isEmpty();
        }
    }

    @Test
    void leakAtLevelINamesItsAllocationSite() throws Exception {
        Distribution.Run run = Distribution.run(
                folder, "-c", "sysctl debug.malloc.level=I; kldload leaky; kldunload leaky; leaks leaky");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.lines())
                .filteredOn(line -> line.contains("LeakyDriver.start(LeakyDriver.java:"))
                .as("once at the stop, once by leaks")
                .hasSize(2)
                .allMatch(line -> line.matches(
                        " *\\d+ +3 +\\d+m?s  leaky@\\S+/dev\\.malloc9\\.samples\\.leaky\\.LeakyDriver\\.start.*"));
    }

    @Test
    void exitReportsTheLeaksOfALoadedDriver() throws Exception {
        Distribution.Run run = Distribution.run(folder, "-c", "kldload leaky");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.lines())
                .contains("Warning: memory type leaky leaked memory on destroy (3 allocations, 6144 bytes leaked).");
    }

    @Test
    void refusedDriverIsRecordedAndAddsNoType() throws Exception {
        Distribution.Run run = Distribution.run(folder, "-c", "vmstat -m; kldload garbage; vmstat -m; panics");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("malloc_init: bad malloc type magic");
        assertThat(run.lines())
                .anyMatch(Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z +garbage-1\\.0\\.0\\S* .*"
                                + "malloc_init: bad malloc type magic .*")
                        .asMatchPredicate());
        assertThat(run.lines().stream().filter(line -> line.contains("msgbuf")).distinct())
                .hasSize(1);
        assertThat(run.lines()).noneMatch(line -> line.startsWith("      garbage"));
    }

    @Test
    void aStalePointerThrowsInsteadOfCrashing() throws Exception {
        Distribution.Run run = Distribution.run(
                folder, "-c", "kldload holder; kldload stale; holder:read; kldunload stale; holder:read");
        assertThat(run.exit()).as(run.err()).isZero();
        List<String> reads = run.lines().stream()
                .filter(line -> line.startsWith("first byte") || line.startsWith("revoked"))
                .toList();
        assertThat(reads)
                .containsExactly(
                        "first byte: 42",
                        "revoked: the segment's owner is gone, and its memory was taken back (Already closed)");
    }

    @Test
    void aFileOfCommandsRunsAndEStopsAtTheFirstFailure() throws Exception {
        Path file = Files.writeString(folder.resolve("boot.gogo"), "# a comment\nkldload nosuch\nkldload leaky\n");
        Distribution.Run all = Distribution.run(folder, "-f", "boot.gogo");
        assertThat(all.exit()).isEqualTo(1);
        assertThat(all.out()).contains("Loaded leaky");
        Distribution.Run first = Distribution.run(folder, "-e", "-f", file.toString());
        assertThat(first.exit()).isEqualTo(1);
        assertThat(first.out()).doesNotContain("Loaded leaky");
        assertThat(first.err()).contains("can't load nosuch: No such file or directory");
    }

    @Test
    void aMissingCaptureIsNamed() throws Exception {
        Distribution.Run run = Distribution.run(
                folder,
                "-c",
                "kldload mbuf; kldload ether; ether:replay nosuch.pcap; vmstat -m; kldunload ether; kldunload mbuf");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("nosuch.pcap: no such file");
        assertThat(run.out()).doesNotContain("Warning");
    }

    @Test
    void aTruncatedCaptureIsRefusedAndNothingIsLost() throws Exception {
        byte[] whole = resource("traffic.pcap");
        Files.write(folder.resolve("cut.pcap"), Arrays.copyOf(whole, 5_000));
        Distribution.Run run = Distribution.run(
                folder,
                "-c",
                "kldload mbuf; kldload ether; ether:replay cut.pcap; kldunload ether; kldunload mbuf; leaks");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("cut.pcap", "truncated");
        assertThat(run.out()).containsPattern("(?m)^frames +[1-9]");
        assertThat(run.out()).contains("no leaks").doesNotContain("Warning");
    }

    @Test
    void anUnknownOptionIsNamed() throws Exception {
        Distribution.Run run = Distribution.run(folder, "-x");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("unknown option -x", "usage: felix-config/run");
    }

    private static Predicate<String> row(String what, String number) {
        return Pattern.compile(Pattern.quote(what) + " +" + number, Pattern.CASE_INSENSITIVE)
                .asMatchPredicate();
    }

    private static Properties generatorsCounts() throws IOException {
        Properties counts = new Properties();
        counts.load(new ByteArrayInputStream(resource("traffic.counts")));
        return counts;
    }

    private static byte[] resource(String name) throws IOException {
        try (ZipFile ether =
                new ZipFile(Distribution.DRIVERS.resolve("ether.jar").toFile())) {
            return ether.stream()
                    .filter(entry -> entry.getName().endsWith(name))
                    .findFirst()
                    .map(entry -> read(ether, entry))
                    .orElseThrow();
        }
    }

    private static byte[] read(ZipFile jar, ZipEntry entry) {
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
