package dev.malloc9.itests;

import static org.ops4j.pax.exam.CoreOptions.bootDelegationPackage;
import static org.ops4j.pax.exam.CoreOptions.composite;

import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.OutsideFramework;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Constants;

/**
 * The system that most tests need: malloc9 without drivers, on Gogo, Declarative Services and the OSGi log.
 *
 * <p>Drivers are not installed. A test installs them itself from {@code ClasspathBundles.location("dev.malloc9.samples.leaky")}.
 */
final class Malloc9System {

    /** The symbolic names of the bundles of malloc9. */
    static final List<String> MALLOC9 = List.of(
            "dev.malloc9.api", "dev.malloc9.kernel", "dev.malloc9.memstat", "dev.malloc9.config", "dev.malloc9.shell");

    /** The symbolic names of the bundles that malloc9 uses. */
    static final List<String> COMPANIONS = List.of(
            "org.osgi.util.function",
            "org.osgi.util.promise",
            "org.osgi.service.component",
            "org.apache.felix.configadmin",
            "org.apache.felix.metatype",
            "org.apache.felix.eventadmin",
            "org.apache.felix.log",
            "org.apache.felix.scr",
            "org.apache.felix.gogo.runtime",
            "org.apache.felix.gogo.command");

    /**
     * The package that the JDK adds to the code of each JFR event. No bundle exports it. Without boot delegation, the JFR events of a
     * bundle fail.
     */
    static final String JFR_PACKAGE = "jdk.jfr.internal.event";

    private Malloc9System() {}

    /** Returns the options of the system, for the method {@code options()} of a test class. */
    static Option options() {
        return composite(bootDelegationPackage(JFR_PACKAGE))
                .add(bundles(COMPANIONS))
                .add(bundles(MALLOC9));
    }

    /** Returns the same system for a test that controls the framework from outside. The framework is not started yet. */
    static OutsideFramework outside() throws IOException {
        return OutsideFramework.of(
                        Stream.of(COMPANIONS, MALLOC9).flatMap(List::stream).toArray(String[]::new))
                .property(Constants.FRAMEWORK_BOOTDELEGATION, JFR_PACKAGE);
    }

    /**
     * Returns a framework like {@link #outside()} without the bundles of malloc9. It shares the classes of the API with the test, which
     * installs the kernel.
     */
    static OutsideFramework outsideWithoutKernel() throws IOException {
        return OutsideFramework.of(COMPANIONS.toArray(String[]::new))
                .sharing("dev.malloc9.api")
                // Tests with this framework stop drivers after their kernel has gone. The resulting errors are expected
                // and not logged.
                .property("felix.log.level", "0")
                .property(Constants.FRAMEWORK_BOOTDELEGATION, JFR_PACKAGE);
    }

    private static Option[] bundles(List<String> symbolicNames) {
        return symbolicNames.stream().map(ClasspathBundles::bundle).toArray(Option[]::new);
    }
}
