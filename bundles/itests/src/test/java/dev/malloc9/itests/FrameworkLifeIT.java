package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.Malloc;
import dev.malloc9.testkit.OutsideFramework;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;

/** Tests that a whole framework stops and starts again. */
class FrameworkLifeIT {

    @Test
    void activeBundlesStartAgainWithTheFramework() throws Exception {
        try (OutsideFramework framework = Malloc9System.outside().start()) {
            framework.stop();
            framework.start();
            assertThat(framework.bundle("dev.malloc9.api").getState()).isEqualTo(Bundle.ACTIVE);
            assertThat(framework.gogo("lb -s")).contains("dev.malloc9.api");
        }
    }

    @Test
    void aFailingCommandThrows() throws Exception {
        try (OutsideFramework framework = Malloc9System.outside().start()) {
            assertThatThrownBy(() -> framework.gogo("no:such")).hasMessageContaining("no:such");
        }
    }

    @Test
    void bootFailsIfABundleDoesNotStart() throws Exception {
        OutsideFramework framework =
                OutsideFramework.of("org.osgi.service.component").property("felix.log.level", "0");
        assertThatThrownBy(framework::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("org.osgi.service.component");
    }

    @Test
    void sharedPackagesAreTheSameClassesOnBothSides() throws Exception {
        try (OutsideFramework framework =
                OutsideFramework.of().sharing("dev.malloc9.api").start()) {
            Class<?> inside = framework.context().getBundle().loadClass(Malloc.class.getName());
            assertThat(inside).isSameAs(Malloc.class);
        }
    }
}
