package dev.malloc9.testkit;

import static org.ops4j.pax.exam.CoreOptions.bootClasspathLibrary;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.systemPackages;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;
import static org.ops4j.pax.exam.CoreOptions.vmOption;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import org.junit.platform.commons.support.ReflectionSupport;
import org.ops4j.pax.exam.Constants;
import org.ops4j.pax.exam.ExamSystem;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.OptionUtils;
import org.ops4j.pax.exam.TestAddress;
import org.ops4j.pax.exam.TestContainer;
import org.ops4j.pax.exam.TestContainerFactory;
import org.ops4j.pax.exam.TestProbeBuilder;
import org.ops4j.pax.exam.options.extra.VMOption;
import org.ops4j.pax.exam.spi.PaxExamRuntime;

/**
 * The outside half of the driver: a framework that runs for one test class, with the class in it as a bundle (the probe).
 *
 * <p>Pax Exam's own bundles log through slf4j. It comes from outside the framework, through the system bundle, so that one configuration
 * decides about the output: in the native container the one on the test class path, in the forked container the level {@code warn}.
 */
final class Launching implements AutoCloseable {

    private static final List<String> DRIVER_BUNDLES = List.of(
            "dev.malloc9.testkit",
            "junit-jupiter-api",
            "junit-jupiter-params",
            "junit-jupiter-engine",
            "junit-platform-commons",
            "junit-platform-engine",
            "junit-platform-launcher",
            "org.opentest4j");

    /** The bundles that are installed if the test class path has them. */
    private static final List<String> COMFORT_BUNDLES = List.of("assertj-core", "net.bytebuddy.byte-buddy");

    private static final List<String> SLF4J_JARS = List.of("slf4j.api", "slf4j.simple");

    private final TestContainer container;
    private final TestAddress probe;

    private Launching(TestContainer container, TestAddress probe) {
        this.container = container;
        this.probe = probe;
    }

    /**
     * Starts a framework for a test class, and installs the probe. If that fails, stops the framework.
     *
     * @throws IllegalStateException if the framework refuses the probe, or the class path has no suitable framework or container
     * @throws IllegalArgumentException if the class path lacks a bundle of the driver
     */
    static Launching of(Class<?> testClass) {
        boolean forked = containerName().equals("forked");
        try {
            ExamSystem system = PaxExamRuntime.createTestSystem(options(testClass, forked));
            TestProbeBuilder builder = system.createProbe();
            TestAddress probe = builder.addTest(testClass, "any");
            TestContainer container = factory().create(system)[0];
            Launching launching = new Launching(container, probe);
            try {
                container.start();
                if (container.installProbe(builder.build().getStream()) < 0) {
                    throw new IllegalStateException("the framework refused the bundle of " + testClass.getName());
                }
            } catch (RuntimeException e) {
                try {
                    launching.close();
                } catch (RuntimeException alsoFailed) {
                    e.addSuppressed(alsoFailed);
                }
                throw e;
            }
            return launching;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs one test inside, and throws the failure of the test in the form that {@link RemoteFailure#unpack} gives it. */
    void run(String uniqueId) throws Throwable {
        try {
            container.call(new Call(uniqueId, probe));
        } catch (RuntimeException e) {
            throw RemoteFailure.unpack(e);
        }
    }

    @Override
    public void close() {
        container.stop();
    }

    private static String containerName() {
        return System.getProperty("osgi.test.container", "native").toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the factory of the selected container. Both containers may be on the class path: {@code NativeTestContainerFactory},
     * {@code ForkedTestContainerFactory}.
     */
    private static TestContainerFactory factory() {
        // With several frameworks, Pax Exam would create a container for each of them.
        ClasspathFramework.expectOne();
        String name = containerName();
        return ServiceLoader.load(TestContainerFactory.class).stream()
                .filter(it -> it.type().getSimpleName().toLowerCase(Locale.ROOT).startsWith(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "osgi.test.container=" + name + ": no such Pax Exam container on the test class path"))
                .get();
    }

    private static Option[] options(Class<?> testClass, boolean forked) {
        List<Option> options = new ArrayList<>();
        for (String name : DRIVER_BUNDLES) {
            options.add(ClasspathBundles.bundle(name).startLevel(Constants.START_LEVEL_SYSTEM_BUNDLES));
        }
        for (String name : COMFORT_BUNDLES) {
            if (ClasspathBundles.locations().containsKey(name)) {
                options.add(ClasspathBundles.bundle(name).startLevel(Constants.START_LEVEL_SYSTEM_BUNDLES));
            }
        }
        ClasspathBundles.locations()
                .forEach((name, location) -> options.add(frameworkProperty(ClasspathBundles.PROPERTY_PREFIX + name)
                        .value(location)));
        StrictFramework.PROPERTIES.forEach(
                (name, value) -> options.add(frameworkProperty(name).value(value)));
        options.add(systemProperty("pax.exam.invoker").value(Activator.DRIVER));
        options.add(systemPackages("org.slf4j;version=1.7.36", "org.slf4j.helpers;version=1.7.36"));
        if (forked) {
            addForkedOptions(options);
        }
        options.addAll(List.of(OptionUtils.expand(optionsOf(testClass))));
        if (!forked) {
            // The native container runs in this VM, whose flags cannot change. Pax Exam would print a warning for each
            // flag.
            options.removeIf(VMOption.class::isInstance);
        }
        return options.toArray(Option[]::new);
    }

    private static void addForkedOptions(List<Option> options) {
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (flag.startsWith("--")) {
                options.add(vmOption(flag));
            }
        }
        for (String name : SLF4J_JARS) {
            options.add(bootClasspathLibrary(ClasspathBundles.location(name)));
        }
        options.add(systemProperty("org.slf4j.simpleLogger.defaultLogLevel").value("warn"));
    }

    /**
     * Returns the options of the method {@code options()} of the test class; none if there is no such method. The class need not be public.
     */
    private static Option[] optionsOf(Class<?> testClass) {
        return ReflectionSupport.findMethod(testClass, "options")
                .map(options -> (Option[]) ReflectionSupport.invokeMethod(options, null))
                .orElseGet(() -> new Option[0]);
    }

    /** A test in the form in which Pax Exam addresses it: the probe, and the unique id as the argument of {@link JupiterInvoker}. */
    private record Call(String identifier, TestAddress root) implements TestAddress {

        @Override
        public String caption() {
            return identifier;
        }

        @Override
        public Object[] arguments() {
            return new Object[] {identifier};
        }
    }
}
