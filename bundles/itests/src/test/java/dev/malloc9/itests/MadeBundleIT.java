package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OsgiTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** Tests that a test can make drivers from its own classes. */
@OsgiTest
class MadeBundleIT {

    public static Option[] options() {
        return new Option[] {
            Malloc9System.options(),
            MadeBundle.of("driver", Driver.class).option(),
            MadeBundle.of("greeter", Greeter.class)
                    .header("Bundle-Activator", Greeter.class.getName())
                    .header("Bundle-Version", "2.0.0")
                    .option()
        };
    }

    @Test
    void annotationsOfAMadeBundleBecomeMetadata(BundleContext context) throws BundleException {
        Bundle driver = context.installBundle(ClasspathBundles.location("driver"));
        try {
            assertThat(driver.getHeaders("").get("Provide-Capability")).contains("malloc9.type", "made");
            assertThat(driver.getHeaders("").get("Malloc9-Activator")).isEqualTo(Driver.class.getName());
        } finally {
            driver.uninstall();
        }
    }

    @Test
    void madeBundleRuns(BundleContext context) throws BundleException {
        Bundle greeter = context.installBundle(ClasspathBundles.location("greeter"));
        try {
            greeter.start();
            assertThat(greeter.getVersion()).hasToString("2.0.0");
            assertThat(greeter.getRegisteredServices()).hasSize(1);
        } finally {
            greeter.uninstall();
        }
    }

    /**
     * The package with the kernel's write access to memory types is exported with a mandatory attribute. A bundle whose import lacks the
     * attribute does not resolve.
     */
    @Test
    void importOfTheAccessOfKernelsDoesNotResolve(BundleContext context) throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
        manifest.getMainAttributes().putValue("Bundle-ManifestVersion", "2");
        manifest.getMainAttributes().putValue("Bundle-SymbolicName", "prying");
        manifest.getMainAttributes().putValue("Import-Package", "dev.malloc9.api.kernel");
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        new JarOutputStream(jar, manifest).close();
        Bundle prying = context.installBundle("prying", new ByteArrayInputStream(jar.toByteArray()));
        try {
            assertThatThrownBy(prying::start)
                    .isInstanceOfSatisfying(
                            BundleException.class,
                            e -> assertThat(e.getType()).isEqualTo(BundleException.RESOLVE_ERROR));
        } finally {
            prying.uninstall();
        }
    }

    static final class Driver {
        @MallocDefine(name = "made", description = "Made by a test")
        static final MallocType M_MADE = MallocType.define();
    }

    public static final class Greeter implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            context.registerService(Runnable.class, () -> {}, null);
        }

        @Override
        public void stop(BundleContext context) {}
    }
}
