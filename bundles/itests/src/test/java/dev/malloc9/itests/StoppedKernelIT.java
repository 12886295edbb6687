package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.itests.drivers.ComponentDriver;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OutsideFramework;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** Tests that a driver that is started while the kernel is installed but stopped fails with a message that says so. */
class StoppedKernelIT {

    @Test
    void startSaysThatNoKernelRuns() throws Exception {
        try (OutsideFramework framework =
                OutsideFramework.of("dev.malloc9.api", "dev.malloc9.kernel").start()) {
            Bundle leaky = framework.install("dev.malloc9.samples.leaky");
            framework.bundle("dev.malloc9.kernel").stop();
            assertThatThrownBy(leaky::start)
                    .isInstanceOf(BundleException.class)
                    .hasStackTraceContaining(
                            "no malloc9 kernel is running: leaky needs the bundle dev.malloc9.kernel started");
            assertThat(leaky.getState()).isEqualTo(Bundle.RESOLVED);
            framework.bundle("dev.malloc9.kernel").start();
            leaky.start();
            assertThat(leaky.getState()).isEqualTo(Bundle.ACTIVE);
        }
    }

    @Test
    void kldloadSaysThatNoKernelRuns() throws Exception {
        try (OutsideFramework framework = Malloc9System.outside().start()) {
            framework.bundle("dev.malloc9.kernel").stop();
            String component = MadeBundle.of("component", ComponentDriver.class).location();
            for (String location : List.of(ClasspathBundles.location("dev.malloc9.samples.leaky"), component)) {
                assertThatThrownBy(() -> framework.gogo("kldload '" + Path.of(URI.create(location)) + "'"))
                        .hasMessageEndingWith(".jar: no malloc9 kernel is running");
            }
        }
    }
}
