package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;

import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.OsgiTest;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandProcessor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;

/** Tests that the system boots, that every bundle is active, and that the shell answers. */
@OsgiTest
class BootIT {

    private int prepared;

    public static Option[] options() {
        return new Option[] {
            Malloc9System.options(), frameworkProperty("framework.asked.for").value(FrameworkUnderTest.SYMBOLIC_NAME)
        };
    }

    @BeforeEach
    void prepare(BundleContext context) {
        prepared = context.getBundles().length;
    }

    @Test
    void everyBundleIsActive(BundleContext context) {
        assertThat(context.getBundles())
                .hasSize(prepared)
                .allSatisfy(bundle -> assertThat(bundle.getState())
                        .as(bundle.toString())
                        .isEqualTo(isFragment(bundle) ? Bundle.RESOLVED : Bundle.ACTIVE));
    }

    @Test
    void frameworkIsTheRequestedOne(BundleContext context) {
        assertThat(context.getBundle(0).getHeaders("").get(Constants.BUNDLE_SYMBOLICNAME))
                .startsWith(context.getProperty("framework.asked.for"));
    }

    @Test
    void theTestItselfIsInABundle(Bundle probe) {
        assertThat(FrameworkUtil.getBundle(BootIT.class)).isSameAs(probe);
    }

    @Test
    void theShellListsBundles(CommandProcessor processor) throws Exception {
        try (GogoSession session = new GogoSession(processor)) {
            assertThat(session.run("lb -s")).contains("dev.malloc9.api", "org.apache.felix.scr");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev.malloc9.api", "org.apache.felix.log"})
    void aBundleIsInstalledOnce(String symbolicName, BundleContext context) {
        assertThat(context.getBundles())
                .filteredOn(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                .hasSize(1);
    }

    @Nested
    class WithADriver {

        @Test
        void bundleIsFoundButNotInstalled(BundleContext context) {
            assertThat(Stream.of(context.getBundles()).map(Bundle::getSymbolicName))
                    .doesNotContain("leaky");
            assertThat(ClasspathBundles.location("dev.malloc9.samples.leaky"))
                    .startsWith("file:")
                    .endsWith(".jar");
        }
    }

    private static boolean isFragment(Bundle bundle) {
        return bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null;
    }
}
