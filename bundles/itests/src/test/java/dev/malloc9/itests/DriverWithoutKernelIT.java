package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.testkit.OutsideFramework;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** Tests that a driver does not resolve in a framework without a kernel. */
class DriverWithoutKernelIT {

    @Test
    void driverWithoutKernelDoesNotResolve() throws Exception {
        try (OutsideFramework framework = OutsideFramework.of("dev.malloc9.api").start()) {
            Bundle leaky = framework.install("dev.malloc9.samples.leaky");
            assertThatThrownBy(leaky::start)
                    .isInstanceOfSatisfying(
                            BundleException.class,
                            e -> assertThat(e.getType()).isEqualTo(BundleException.RESOLVE_ERROR));
            assertThat(leaky.getState()).isEqualTo(Bundle.INSTALLED);
        }
    }
}
