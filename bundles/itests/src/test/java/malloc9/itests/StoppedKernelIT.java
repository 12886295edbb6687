package malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import malloc9.itests.drivers.ComponentDriver;
import malloc9.testkit.ClasspathBundles;
import malloc9.testkit.MadeBundle;
import malloc9.testkit.OutsideFramework;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** Tests that a driver that is started while the kernel is installed but stopped fails with a message that says so. */
class StoppedKernelIT {

    @Test
    void startSaysThatNoKernelRuns() throws Exception {
        try (OutsideFramework framework =
                OutsideFramework.of("malloc9.api", "malloc9.kernel").start()) {
            Bundle leaky = framework.install("leaky");
            framework.bundle("malloc9.kernel").stop();
            assertThatThrownBy(leaky::start)
                    .isInstanceOf(BundleException.class)
                    .hasStackTraceContaining(
                            "no malloc9 kernel is running: leaky needs the bundle malloc9.kernel started");
            assertThat(leaky.getState()).isEqualTo(Bundle.RESOLVED);
            framework.bundle("malloc9.kernel").start();
            leaky.start();
            assertThat(leaky.getState()).isEqualTo(Bundle.ACTIVE);
        }
    }

    @Test
    void kldloadSaysThatNoKernelRuns() throws Exception {
        try (OutsideFramework framework = Malloc9System.outside().start()) {
            framework.bundle("malloc9.kernel").stop();
            String component = MadeBundle.of("component", ComponentDriver.class).location();
            for (String location : List.of(ClasspathBundles.location("leaky"), component)) {
                assertThatThrownBy(() -> framework.gogo("kldload '" + Path.of(URI.create(location)) + "'"))
                        .hasMessageEndingWith(".jar: no malloc9 kernel is running");
            }
        }
    }
}
