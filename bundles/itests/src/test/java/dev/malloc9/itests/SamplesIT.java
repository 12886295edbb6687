package dev.malloc9.itests;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.PanicRecord;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.OsgiTest;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** Tests that each sample driver shows the behaviour that its comments promise. */
@OsgiTest
@SuppressWarnings("NullAway.Init") // look() and load() assign the fields before they are used
class SamplesIT {

    private BundleContext context;
    private MallocRuntime runtime;
    private KernelView kernel;
    private Bundle driver;
    private List<String> said;

    public static Option[] options() {
        return new Option[] {Malloc9System.options()};
    }

    @BeforeEach
    void look(BundleContext bundleContext, MallocRuntime mallocRuntime, Malloc ready) {
        assertThat(ready).isNotNull();
        context = bundleContext;
        runtime = mallocRuntime;
        kernel = new KernelView(mallocRuntime);
    }

    @AfterEach
    void uninstall() throws BundleException {
        driver.uninstall();
    }

    @Test
    void doublefreePrintsTheRecordedErrorOnce() throws BundleException {
        load("doublefree");
        assertThat(driver.getState()).isEqualTo(Bundle.ACTIVE);
        assertThat(runtime.panics())
                .filteredOn(panic -> panic.who().bundleId() == driver.getBundleId())
                .extracting(PanicRecord::message)
                .singleElement()
                .satisfies(message -> {
                    assertThat(message)
                            .matches("free: block 0x[0-9a-f]+ of 512 bytes is free already"
                                    + " \\(freed again under type 'doublefree' of doublefree 1[^ ]* \\(\\d+\\)\\)");
                    assertThat(said)
                            .filteredOn(line -> line.contains("doublefree"))
                            .containsExactly("doublefree: DOUBLE_FREE: " + message);
                });
    }

    @Test
    void doublefreeIsCountedExactlyAndLeaksNothing() throws BundleException {
        load("doublefree");
        assertThat(kernel.typesOf(driver))
                .extracting(TypeStats::name, TypeStats::allocs, TypeStats::frees, TypeStats::bytesInUse)
                .containsExactly(tuple("doublefree", 2L, 1L, 2048L));
        driver.stop();
        assertThat(kernel.leaksOf(driver)).isEmpty();
    }

    @Test
    void wrongtypeNamesTheOwnerAndLeaksNothing() throws BundleException {
        load("wrongtype");
        String module = "wrongtype " + driver.getVersion() + " (" + driver.getBundleId() + ")";
        assertThat(said)
                .singleElement()
                .asString()
                .matches("wrongtype: WRONG_TYPE: free: block 0x[0-9a-f]+ of 2048 bytes belongs to type 'wrongtype' of "
                        + Pattern.quote(module) + ", not to 'wrongtype2' of " + Pattern.quote(module));
        assertThat(kernel.typesOf(driver))
                .extracting(TypeStats::name, TypeStats::allocs, TypeStats::frees)
                .containsExactlyInAnyOrder(tuple("wrongtype", 1L, 0L), tuple("wrongtype2", 0L, 0L));
        driver.stop();
        assertThat(kernel.leaksOf(driver)).isEmpty();
    }

    @Test
    void overrunIsToldWhenItFreesWithBothStacks() throws BundleException {
        load("overrun");
        assertThat(stop().getFirst())
                .matches("REDZONE: Buffer overflow detected\\. 4 bytes corrupted after 0x[0-9a-f]+"
                        + " \\(100 bytes allocated\\) of type 'overrun' of overrun 1[^ ]* \\(\\d+\\)\\.");
        expectStacks("overrun", "OverrunDriver.start(OverrunDriver.java:", "OverrunDriver.stop(OverrunDriver.java:");
    }

    @Test
    void underrunIsToldWhenItFreesWithBothStacks() throws BundleException {
        load("underrun");
        assertThat(stop().getFirst())
                .matches("REDZONE: Buffer underflow detected\\. 8 bytes corrupted before 0x[0-9a-f]+"
                        + " \\(100 bytes allocated\\) of type 'underrun' of underrun 1[^ ]* \\(\\d+\\)\\.");
        expectStacks(
                "underrun", "UnderrunDriver.start(UnderrunDriver.java:", "UnderrunDriver.stop(UnderrunDriver.java:");
    }

    @Test
    void uafIsReportedWithTheFree() throws BundleException {
        load("uaf");
        assertThat(stop().getFirst()).matches("Memory modified after free 0x[0-9a-f]+\\(\\d+\\) val=1 @ 0x[0-9a-f]+");
        assertThat(said.get(1)).isEqualTo("Most recently used by uaf");
        expectStacks("uaf", "UafDriver.start(UafDriver.java:", "UafDriver.start(UafDriver.java:");
    }

    @Test
    void uafUnderMemGuardIsAnExceptionAtTheWrite() throws BundleException {
        Sysctl sysctl = context.getService(context.getServiceReference(Sysctl.class));
        sysctl.write("vm.memguard.desc", "uaf".getBytes(US_ASCII));
        try {
            assertThatThrownBy(() -> load("uaf"))
                    .isInstanceOf(BundleException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            GuardHit.class, hit -> assertThat(hit.kind()).isEqualTo(GuardHit.Kind.USE_AFTER_FREE))
                    .message()
                    .matches("MemGuard: use after free: write of 4 bytes at 0x[0-9a-f]+, offset 16 of block 0x[0-9a-f]+"
                            + " of 100 bytes of type 'uaf' of uaf \\S+ \\(\\d+\\), allocated by uaf@\\S+"
                            + "UafDriver\\.start\\(UafDriver\\.java:\\d+\\), freed by uaf@\\S+"
                            + "UafDriver\\.start\\(UafDriver\\.java:\\d+\\)");
        } finally {
            sysctl.write("vm.memguard.desc", new byte[0]);
        }
        assertThat(kernel.leaksOf(driver)).isEmpty();
    }

    /**
     * Checks that the first frame below each of the two headings of FreeBSD is a frame of the driver with the name and version of its
     * bundle. The driver must have no leak and no panic.
     */
    private void expectStacks(String name, String allocated, String freed) {
        String frame = "#0 " + name + "@" + driver.getVersion() + "/dev.malloc9.samples." + name + ".";
        assertThat(said.get(said.indexOf("Allocation backtrace:") + 1)).startsWith(frame + allocated);
        assertThat(said.get(said.indexOf("Free backtrace:") + 1)).startsWith(frame + freed);
        assertThat(kernel.leaksOf(driver)).isEmpty();
        assertThat(runtime.panics()).noneMatch(panic -> panic.who().bundleId() == driver.getBundleId());
    }

    @Test
    void legacyHasTheManifestOfAnOlderBuild() throws BundleException {
        load("legacy");
        assertThat(driver.getHeaders("").get("Bundle-Activator")).startsWith("dev.malloc9.samples.");
        assertThat(driver.getHeaders("").get("Malloc9-Activator")).isNull();
        assertThat(driver.getHeaders("").get("Require-Capability")).doesNotContain("osgi.implementation");
        assertThat(driver.getHeaders("").get("Provide-Capability"))
                .contains("malloc9.type=legacy", "magic:Long=877983977")
                .doesNotContain("version", "description");
    }

    @Test
    void legacyLoadsCountsAndLeaksNothing() throws BundleException {
        load("legacy");
        assertThat(kernel.typesOf(driver))
                .extracting(
                        TypeStats::name,
                        TypeStats::description,
                        TypeStats::allocs,
                        TypeStats::frees,
                        TypeStats::bytesInUse)
                .containsExactly(tuple("legacy", "", 4L, 0L, 4096L));
        driver.stop();
        assertThat(kernel.leaksOf(driver)).isEmpty();
        assertThat(runtime.panics()).noneMatch(panic -> panic.who().bundleId() == driver.getBundleId());
    }

    private List<String> stop() throws BundleException {
        try (CapturedConsole console = new CapturedConsole()) {
            driver.stop();
            said = console.lines();
        }
        return said;
    }

    private void load(String name) throws BundleException {
        driver = context.installBundle(ClasspathBundles.location("dev.malloc9.samples." + name));
        try (CapturedConsole console = new CapturedConsole()) {
            driver.start();
            said = console.lines();
        }
    }
}
