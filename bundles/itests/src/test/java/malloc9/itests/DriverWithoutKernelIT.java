package malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import malloc9.testkit.OutsideFramework;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** Tests that a driver does not resolve in a framework without a kernel. */
class DriverWithoutKernelIT {

    @Test
    void itDoesNotResolve() throws Exception {
        try (OutsideFramework framework = OutsideFramework.of("malloc9.api").start()) {
            Bundle leaky = framework.install("leaky");
            assertThatThrownBy(leaky::start)
                    .isInstanceOfSatisfying(
                            BundleException.class,
                            e -> assertThat(e.getType()).isEqualTo(BundleException.RESOLVE_ERROR));
            assertThat(leaky.getState()).isEqualTo(Bundle.INSTALLED);
        }
    }
}
