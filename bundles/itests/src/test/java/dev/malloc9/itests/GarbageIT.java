package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.Malloc;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.PanicRecord;
import dev.malloc9.itests.drivers.GarbageDriver;
import dev.malloc9.itests.drivers.Greeter;
import dev.malloc9.itests.drivers.TracerDriver;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OsgiTest;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/**
 * Tests that a bundle with an invalid type descriptor does not stay active, for each kind of bundle. The rest of the system is unchanged,
 * except for the panic record.
 */
@OsgiTest
@SuppressWarnings("NullAway.Init") // each test assigns its bundle
class GarbageIT {

    private static final String BAD_MAGIC =
            "malloc_init: bad malloc type magic 19971027 of type 'rotten' in %s 0.0.0 (%d), expected 877983977";

    private MallocRuntime runtime;
    private KernelView kernel;
    private BundleContext context;
    private Bundle garbage;
    private List<String> typesBefore;

    public static Option[] options() {
        return Stream.of(
                        List.of(
                                Malloc9System.options(),
                                MadeBundle.of("tracer", TracerDriver.class).option(),
                                MadeBundle.of("rotten", GarbageDriver.class).option(),
                                MadeBundle.of("lazy", GarbageDriver.class)
                                        .header("Bundle-ActivationPolicy", "lazy")
                                        .option(),
                                MadeBundle.of("handmade", Greeter.class)
                                        .header("Bundle-Activator", Greeter.class.getName())
                                        .header("Provide-Capability", "malloc9.type;malloc9.type=hand;magic:Long=1")
                                        .option()),
                        List.of(
                                manifest("magicless", "malloc9.type=x"),
                                manifest("textual", "malloc9.type=x;magic=877983977"),
                                manifest("nameless", "magic:Long=877983977"),
                                manifest("blank", "malloc9.type=' ';magic:Long=877983977"),
                                manifest(
                                        "twice",
                                        "malloc9.type=x;magic:Long=877983977;a=1",
                                        "malloc9.type=x;magic:Long=877983977;a=2"),
                                manifest("newer", "malloc9.type=x;magic:Long=877983977;version:Version=2.0.0"),
                                manifest("older", "malloc9.type=x;magic:Long=877983977;version:Version=0.9.0")))
                .flatMap(List::stream)
                .toArray(Option[]::new);
    }

    private static Option manifest(String name, String... types) {
        return MadeBundle.of(name, Greeter.class)
                .header("Bundle-Activator", "dev.malloc9.api.DriverActivator")
                .header("Malloc9-Activator", Greeter.class.getName())
                .header("Import-Package", "dev.malloc9.api, *")
                .header("Provide-Capability", "malloc9.type;" + String.join(",malloc9.type;", types))
                .option();
    }

    @BeforeEach
    void look(BundleContext bundleContext, MallocRuntime mallocRuntime, Malloc ready) {
        assertThat(ready).isNotNull();
        context = bundleContext;
        runtime = mallocRuntime;
        kernel = new KernelView(mallocRuntime);
        typesBefore = kernel.typeNames();
        System.clearProperty(GarbageDriver.RAN);
    }

    @AfterEach
    void uninstall() throws BundleException {
        garbage.uninstall();
    }

    @Test
    void startOfABadBundleFailsWithTheKernelPanic() throws BundleException {
        garbage = install("rotten");
        assertThatThrownBy(garbage::start)
                .isInstanceOf(BundleException.class)
                .rootCause()
                .isInstanceOf(KernelPanic.class)
                .hasMessage(BAD_MAGIC, "rotten", garbage.getBundleId());
        assertThat(garbage.getState()).isEqualTo(Bundle.RESOLVED);
    }

    @Test
    void activatorOfARefusedBundleDoesNotRun() throws BundleException {
        garbage = install("rotten");
        assertThatThrownBy(garbage::start).isInstanceOf(BundleException.class);
        assertThat(System.getProperty(GarbageDriver.RAN)).isNull();
    }

    @Test
    void refusedBundleRegistersNoType() throws BundleException {
        garbage = install("rotten");
        assertThatThrownBy(garbage::start).isInstanceOf(BundleException.class);
        assertThat(kernel.typeNames()).isEqualTo(typesBefore);
        assertThat(kernel.leaksOf(garbage)).isEmpty();
    }

    @Test
    void panicIsRecordedWithBundleTimeAndThread() throws BundleException {
        Instant before = Instant.now();
        garbage = install("rotten");
        assertThatThrownBy(garbage::start).isInstanceOf(BundleException.class);
        assertThat(panics()).singleElement().satisfies(panic -> {
            assertThat(panic.message())
                    .isEqualTo(String.format(Locale.ROOT, BAD_MAGIC, "rotten", garbage.getBundleId()));
            assertThat(panic.who().name()).isEqualTo("rotten");
            assertThat(panic.when()).isBetween(before, Instant.now());
            assertThat(panic.thread()).isEqualTo(Thread.currentThread().getName());
        });
    }

    @Test
    void otherBundleStartsAfterARefusedOne() throws BundleException {
        garbage = install("rotten");
        assertThatThrownBy(garbage::start).isInstanceOf(BundleException.class);
        Bundle tracer = install("tracer");
        tracer.start();
        assertThat(kernel.typesOf(tracer)).hasSize(1);
        tracer.uninstall();
    }

    @Test
    void secondStartFailsAndIsCounted() throws BundleException {
        garbage = install("rotten");
        assertThatThrownBy(garbage::start).isInstanceOf(BundleException.class);
        assertThatThrownBy(garbage::start).rootCause().isInstanceOf(KernelPanic.class);
        assertThat(panics()).singleElement().extracting(PanicRecord::count).isEqualTo(2L);
    }

    @Test
    void lazyBadBundleIsRefusedAtTheFirstClassLoad() throws Exception {
        garbage = install("lazy");
        garbage.start(Bundle.START_ACTIVATION_POLICY);
        try {
            garbage.loadClass(GarbageDriver.class.getName());
        } catch (ClassNotFoundException | LinkageError refused) {
            // A framework may refuse either the class or only the activation.
        }
        assertThat(garbage.getState()).isNotEqualTo(Bundle.ACTIVE);
        assertThat(System.getProperty(GarbageDriver.RAN)).isNull();
        assertThat(panics()).isNotEmpty();
    }

    @Test
    void aHandMadeBundleIsStoppedAsSoonAsItIsStarted() throws BundleException {
        garbage = install("handmade");
        garbage.start();
        assertThat(garbage.getState()).isEqualTo(Bundle.RESOLVED);
        assertThat(panics())
                .singleElement()
                .satisfies(panic -> assertThat(panic.message())
                        .startsWith("malloc_init: bad malloc type magic 1 of type 'hand' in handmade"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            magicless | malloc_init: bad malloc type magic (none) of type 'x' in magicless
            textual   | malloc_init: bad malloc type magic (none) of type 'x' in textual
            nameless  | malloc_init: a type of nameless
            blank     | malloc_init: a type of blank
            twice     | malloc_init: type 'x' is declared twice in twice
            newer     | malloc_init: type 'x' in newer 0.0.0 (
            older     | malloc_init: type 'x' in older 0.0.0 (
            """)
    void everyKindOfGarbageIsRefusedByName(String bundle, String message) throws BundleException {
        garbage = install(bundle);
        assertThatThrownBy(garbage::start)
                .rootCause()
                .isInstanceOf(KernelPanic.class)
                .hasMessageStartingWith(message);
        assertThat(garbage.getState()).isEqualTo(Bundle.RESOLVED);
        assertThat(kernel.typeNames()).isEqualTo(typesBefore);
    }

    private List<PanicRecord> panics() {
        return runtime.panics().stream()
                .filter(panic -> panic.who().bundleId() == garbage.getBundleId())
                .toList();
    }

    private Bundle install(String name) throws BundleException {
        return context.installBundle(ClasspathBundles.location(name));
    }
}
