package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.itests.drivers.TracerDriver;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OutsideFramework;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/**
 * Tests of the probes in a framework: they are recorded with the tools of the JDK and the shipped profile. They are missing if the
 * framework hides JFR.
 */
class ProbesIT {

    private static final Path PROFILE = Distribution.ROOT.resolve("felix-config/target/felix/etc/malloc9.jfc");

    @TempDir
    private Path folder;

    /** Follows the recipe of the manual page dtmalloc. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "felix-config/run is a POSIX script")
    void shippedProfileRecordsAsManyEventsAsCounted() throws Exception {
        Path file = folder.resolve("ether.jfr");
        try (LiveSystem system = LiveSystem.boot(folder)) {
            system.run("kldload mbuf");
            jcmd(system, "JFR.start", "name=ether", "settings=" + PROFILE, "types=ether*", "filename=" + file);
            // The type ether is registered while the recording runs. The type leaky does not match the types of the
            // recording.
            system.run("kldload ether; ether:replay; kldload leaky");
            List<String> statistics = system.run("vmstat -m");
            system.run("kldunload ether");
            jcmd(system, "JFR.stop", "name=ether");
            List<RecordedEvent> mallocs = events(file, "malloc9.Malloc");
            List<RecordedEvent> frees = events(file, "malloc9.Free");
            assertThat(mallocs).isNotEmpty().hasSize(requests(statistics, "ether"));
            assertThat(requests(statistics, "leaky")).isEqualTo(3);
            assertThat(frees).as("what it has taken it gives back").hasSameSizeAs(mallocs);
            assertThat(mallocs).allMatch(event -> event.getString("type").equals("ether"));
            assertThat(frees).allMatch(event -> event.getString("type").equals("ether"));
            assertThat(events(file, "malloc9.TypeUnregister")).singleElement().satisfies(event -> {
                assertThat(event.getString("type")).isEqualTo("ether");
                assertThat(event.getLong("allocations")).isEqualTo(mallocs.size());
                assertThat(event.getLong("frees")).isEqualTo(frees.size());
            });
            assertThat(jdkEvents(file)).as("nothing but what malloc9 tells").isEmpty();
        }
    }

    @Test
    void aBundlesTypesAreRecordedByName() throws Exception {
        Path file = folder.resolve("tracer.jfr");
        try (OutsideFramework framework = Malloc9System.outsideWithoutKernel().start();
                Recording recording = new Recording(Map.of(
                        "malloc9.Malloc#enabled", "true",
                        "malloc9.Malloc#types", "tra*r"))) {
            framework.install("dev.malloc9.kernel").start();
            recording.start();
            assertThat(tracer(framework).apply(100).byteSize()).isEqualTo(100);
            recording.stop();
            recording.dump(file);
            assertThat(events(file, "malloc9.Malloc").stream().map(event -> event.getLong("requestedSize")))
                    .containsExactly(64L, 100L);
        }
    }

    @Test
    void kernelRunsWithoutJfrAndReportsItInOneLine() throws Exception {
        try (OutsideFramework framework = Malloc9System.outsideWithoutKernel()
                        .property(Constants.FRAMEWORK_BOOTDELEGATION, "no.such.package")
                        .start();
                Recording recording = new Recording(Map.of("malloc9.Malloc#enabled", "true"))) {
            recording.start();
            framework.install("dev.malloc9.kernel").start();
            assertThat(tracer(framework).apply(100).byteSize()).isEqualTo(100);
            BundleContext context = framework.context();
            MallocRuntime runtime =
                    context.getService(Objects.requireNonNull(context.getServiceReference(MallocRuntime.class)));
            assertThat(runtime.messages().stream().filter(line -> line.contains("probes")))
                    .singleElement()
                    .asString()
                    .startsWith("malloc9: no probes: the framework hides ")
                    .contains("jdk.jfr.internal.event")
                    .endsWith("set org.osgi.framework.bootdelegation=jdk.jfr.internal.event");
        }
    }

    @SuppressWarnings("unchecked") // the driver registers one service, a LongFunction
    private static LongFunction<MemorySegment> tracer(OutsideFramework framework) throws Exception {
        Bundle bundle = framework
                .context()
                .installBundle(MadeBundle.of("tracer", TracerDriver.class).location());
        bundle.start();
        return (LongFunction<MemorySegment>) framework.context().getService(bundle.getRegisteredServices()[0]);
    }

    private void jcmd(LiveSystem system, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(system.jvm())));
        command.addAll(List.of(arguments));
        Path printed = folder.resolve("jcmd.out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(printed)).isZero();
    }

    private static int requests(List<String> statistics, String type) {
        return statistics.stream()
                .map(line -> line.strip().split(" +", -1))
                .filter(columns -> columns[0].equals(type))
                .mapToInt(columns -> Integer.parseInt(columns[4]))
                .findFirst()
                .orElseThrow(() -> new AssertionError(type + " is not in " + statistics));
    }

    private static List<RecordedEvent> events(Path file, String name) {
        return all(file).stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
    }

    private static List<RecordedEvent> jdkEvents(Path file) {
        return all(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("jdk."))
                .filter(event -> !event.getEventType().getName().startsWith("jdk.Active"))
                .toList();
    }

    private static List<RecordedEvent> all(Path file) {
        try {
            return RecordingFile.readAllEvents(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
