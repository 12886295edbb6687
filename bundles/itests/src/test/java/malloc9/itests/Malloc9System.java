package malloc9.itests;

import static org.ops4j.pax.exam.CoreOptions.bootDelegationPackage;
import static org.ops4j.pax.exam.CoreOptions.composite;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import malloc9.testkit.ClasspathBundles;
import malloc9.testkit.OutsideFramework;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Constants;

/**
 * The system that every test needs: malloc9 without drivers, on Gogo, Declarative Services and the OSGi log.
 *
 * <p>Drivers are not installed; a test does that itself, by {@code ClasspathBundles.location("leaky")}.
 */
final class Malloc9System {

    /** The bundles of malloc9 itself. */
    static final List<String> MALLOC9 =
            List.of("malloc9.api", "malloc9.kernel", "malloc9.memstat", "malloc9.config", "malloc9.shell");

    /** The bundles that malloc9 stands on. */
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

    /** Without it a bundle's JFR events fail: the JDK weaves this package into them, and nobody exports it. */
    static final String JFR_PACKAGE = "jdk.jfr.internal.event";

    private Malloc9System() {}

    /** For {@code options()} of a test class. */
    static Option options() {
        return composite(bootDelegationPackage(JFR_PACKAGE))
                .add(bundles(COMPANIONS))
                .add(bundles(MALLOC9));
    }

    /** The same system for a test that drives the framework from outside; not started yet. */
    static OutsideFramework outside() throws IOException {
        return OutsideFramework.of(
                        Stream.of(COMPANIONS, MALLOC9).flatMap(List::stream).toArray(String[]::new))
                .property(Constants.FRAMEWORK_BOOTDELEGATION, JFR_PACKAGE);
    }

    /** As {@link #outside()}, with the API's classes in common with the test, and the kernel yet to be installed. */
    static OutsideFramework outsideWithoutKernel() throws IOException {
        return OutsideFramework.of(COMPANIONS.toArray(String[]::new))
                .sharing("malloc9.api")
                // A driver that finds its kernel gone when it stops is what such tests are about: no need to log it.
                .property("felix.log.level", "0")
                .property(Constants.FRAMEWORK_BOOTDELEGATION, JFR_PACKAGE);
    }

    private static Option[] bundles(List<String> symbolicNames) {
        return symbolicNames.stream().map(ClasspathBundles::bundle).toArray(Option[]::new);
    }
}
