package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.itests.drivers.TracerDriver;
import dev.malloc9.testkit.ClassLoaders;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.LeakFree;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OsgiTest;
import dev.malloc9.testkit.RestartsClean;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceListener;

/** Tests that a test that leaves blocks or class loaders behind fails, and that the failure names the remains. */
@Tag("osgi")
class LeftBehindIT {

    private static final Map<Class<?>, Collection<Event>> RUNS = new HashMap<>();

    /**
     * Felix Log keeps the service events of the last hundred entries, and a service reference of Equinox keeps the service. There, the
     * class loader of a component would live as long as its log entry.
     */
    private static final Option NO_LOG_HISTORY =
            frameworkProperty("org.apache.felix.log.maxSize").value("0");

    @Test
    void leftBytesAreRedAndNamedByBundleTypeAndBlocks() {
        assertThat(failure(LeavesBytes.class, "inARunningBundle"))
                .startsWith("left behind:")
                .contains("leaky 1.0.0", "6144 bytes of type leaky (3 x 2048)");
        assertThat(failure(LeavesBytes.class, "inAStoppedBundle")).contains("6144 bytes of type leaky (3 x 2048)");
        assertThat(failure(LeavesBytes.class, "inTwoSizes")).contains("192 bytes of type tracer (1 x 64, 1 x 128)");
    }

    @Test
    void aTestThatLeavesNothingIsGreen() {
        assertThat(passed(LeavesBytes.class)).contains("nothing()", "aLeakOfTheTestBeforeIsNotMine()");
    }

    @Test
    void aPinnedClassLoaderIsRedAndNamed() {
        assertThat(failure(Pins.class, "runsUnderAListenerThatKeepsClasses"))
                .startsWith("3 of 3 class loaders are not collected")
                .contains("tracer 0.0.0, round 1", "tracer 0.0.0, round 3");
        assertThat(failure(Pins.class, "underAThreadThatKeepsIt")).contains("held by thread 'idle tracer'");
    }

    @Test
    void aBundleThatComesAndGoesCleanlyIsGreen() {
        assertThat(passed(Restarts.class)).contains("ether()", "leaky()", "overrun()", "aComponent()");
    }

    @Test
    void bundleWithGuardedBlocksPasses() {
        assertThat(passed(GuardedRestarts.class)).contains("leaky()", "overrun()");
    }

    @Test
    void withoutAFrameworkToLookAtATestIsRed() {
        assertThat(failure(NoFramework.class, "leaves")).contains("is not an @OsgiTest");
    }

    @OsgiTest
    @LeakFree
    static final class LeavesBytes {

        public static Option[] options() {
            return new Option[] {
                Malloc9System.options(),
                MadeBundle.of("tracer", TracerDriver.class).option()
            };
        }

        @Test
        void inARunningBundle(BundleContext context, Malloc ready) throws BundleException {
            assertThat(ready).isNotNull();
            context.installBundle(ClasspathBundles.location("dev.malloc9.samples.leaky"))
                    .start();
        }

        @Test
        void inAStoppedBundle(BundleContext context, Malloc ready) throws BundleException {
            assertThat(ready).isNotNull();
            Bundle leaky = context.installBundle(ClasspathBundles.location("dev.malloc9.samples.leaky"));
            leaky.start();
            leaky.stop();
        }

        @Test
        void inTwoSizes(BundleContext context, Malloc ready) throws BundleException {
            assertThat(ready).isNotNull();
            context.installBundle(ClasspathBundles.location("tracer")).start();
        }

        @Test
        void nothing(BundleContext context, Malloc ready) throws BundleException {
            assertThat(ready).isNotNull();
            context.installBundle(ClasspathBundles.location("dev.malloc9.mbuf")).start();
            context.installBundle(ClasspathBundles.location("dev.malloc9.samples.ether"))
                    .start();
        }

        @Test
        void aLeakOfTheTestBeforeIsNotMine(BundleContext context) {
            assertThat(context.getBundle(ClasspathBundles.location("dev.malloc9.samples.leaky")))
                    .isNull();
        }
    }

    @OsgiTest
    static final class Restarts {

        public static Option[] options() {
            return Stream.concat(
                            Stream.of(LoadingIT.options()),
                            Stream.of(NO_LOG_HISTORY, ClasspathBundles.bundle("dev.malloc9.mbuf")))
                    .toArray(Option[]::new);
        }

        @Test
        @RestartsClean(bundle = "dev.malloc9.samples.ether", times = 5)
        void ether(Malloc ready) {
            assertThat(ready).isNotNull();
        }

        @Test
        @RestartsClean(bundle = "dev.malloc9.samples.leaky")
        void leaky(Malloc ready) {
            assertThat(ready).isNotNull();
        }

        /** The driver sets its type to level I, so that its blocks have records and sites. */
        @Test
        @RestartsClean(bundle = "dev.malloc9.samples.overrun", times = 5)
        void overrun(Malloc ready) {
            assertThat(ready).isNotNull();
        }

        @Test
        @RestartsClean(bundle = "component", times = 5)
        void aComponent(Malloc ready) {
            assertThat(ready).isNotNull();
        }
    }

    /**
     * Tests of restarts with guarded blocks, which have records, sites and scopes. The driver leaky leaves such blocks, and overrun frees
     * them.
     */
    @OsgiTest
    static final class GuardedRestarts {

        public static Option[] options() {
            return Stream.concat(
                            Stream.of(Restarts.options()),
                            Stream.of(frameworkProperty("vm.memguard.desc").value("leaky,overrun")))
                    .toArray(Option[]::new);
        }

        @Test
        @RestartsClean(bundle = "dev.malloc9.samples.leaky", times = 5)
        void leaky(BundleContext context, Sysctl sysctl, Malloc ready) throws BundleException {
            guards("leaky", context, sysctl, ready);
        }

        @Test
        @RestartsClean(bundle = "dev.malloc9.samples.overrun", times = 5)
        void overrun(BundleContext context, Sysctl sysctl, Malloc ready) throws BundleException {
            guards("overrun", context, sysctl, ready);
        }

        private static void guards(String bundle, BundleContext context, Sysctl sysctl, Malloc ready)
                throws BundleException {
            assertThat(ready).isNotNull();
            long before = Long.parseLong(sysctl.readText("vm.memguard.numalloc"));
            Bundle guarded = context.installBundle(ClasspathBundles.location("dev.malloc9.samples." + bundle));
            guarded.start();
            guarded.uninstall();
            assertThat(Long.parseLong(sysctl.readText("vm.memguard.numalloc"))).isGreaterThan(before);
        }
    }

    /** Tests that pin objects. They are in a class of their own, because a pinned object stays in the framework of its class. */
    @OsgiTest
    static final class Pins {

        private static final Set<Object> KEPT = new HashSet<>();

        public static Option[] options() {
            return Restarts.options();
        }

        @Test
        @RestartsClean(bundle = "tracer", times = 3)
        void runsUnderAListenerThatKeepsClasses(BundleContext context, Malloc ready) throws InvalidSyntaxException {
            assertThat(ready).isNotNull();
            ServiceListener greedy = event ->
                    KEPT.add(context.getService(event.getServiceReference()).getClass());
            context.addServiceListener(greedy, "(objectClass=java.util.function.LongFunction)");
        }

        @Test
        void underAThreadThatKeepsIt(BundleContext context, Malloc ready) throws Exception {
            assertThat(ready).isNotNull();
            ClassLoaders loaders = new ClassLoaders();
            Thread idle = Thread.ofPlatform().daemon().name("idle tracer").unstarted(Pins::idle);
            comeAndGo(context, loaders, idle);
            idle.start();
            try {
                loaders.assertCollected();
            } finally {
                idle.interrupt();
            }
        }

        private static void comeAndGo(BundleContext context, ClassLoaders loaders, Thread idle) throws Exception {
            Bundle tracer = context.installBundle(ClasspathBundles.location("tracer"));
            tracer.start();
            loaders.watch(tracer, "under a thread");
            idle.setContextClassLoader(
                    tracer.loadClass(TracerDriver.class.getName()).getClassLoader());
            tracer.uninstall();
        }

        private static void idle() {
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @LeakFree
    static final class NoFramework {
        @Test
        void leaves() {}
    }

    private static String failure(Class<?> testClass, String method) {
        List<String> messages = run(testClass).stream()
                .filter(event -> event.getTestDescriptor().getDisplayName().startsWith(method + "("))
                .flatMap(event -> event.getPayload(TestExecutionResult.class).stream())
                .flatMap(result -> result.getThrowable().stream())
                .map(String::valueOf)
                .map(text -> text.replaceFirst("^[\\w.]+: ", ""))
                .toList();
        assertThat(messages).as(method + " is red").hasSize(1);
        return messages.getFirst();
    }

    private static List<String> passed(Class<?> testClass) {
        return run(testClass).stream()
                .filter(event -> event.getPayload(TestExecutionResult.class)
                        .filter(result -> result.getStatus() == TestExecutionResult.Status.SUCCESSFUL)
                        .isPresent())
                .map(event -> event.getTestDescriptor().getDisplayName().replaceFirst("\\(.+\\)", "()"))
                .toList();
    }

    /** Returns the events of a test class. Each class runs only once, because each run starts a framework. */
    private static Collection<Event> run(Class<?> testClass) {
        return RUNS.computeIfAbsent(testClass, LeftBehindIT::events);
    }

    private static Collection<Event> events(Class<?> testClass) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(testClass))
                .execute()
                .testEvents()
                .finished()
                .list();
    }
}
