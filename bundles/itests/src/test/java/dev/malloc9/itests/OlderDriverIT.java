package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.runtime.LeakReport.Blocks;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.itests.drivers.TracerDriver;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OsgiTest;
import org.junit.jupiter.api.Test;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** Tests that a driver that was built against an older API either loads and counts correctly, or is refused with a clear message. */
@OsgiTest
class OlderDriverIT {

    public static Option[] options() {
        return new Option[] {
            Malloc9System.options(),
            handWritten("old").option(),
            handWritten("ancient")
                    .header("Import-Package", "dev.malloc9.api;version='[0.5,1.0)', *")
                    .option()
        };
    }

    /** Returns a bundle with metadata of an older form: without a descriptor version, a description and the activator of malloc9. */
    private static MadeBundle handWritten(String name) {
        return MadeBundle.of(name, TracerDriver.class)
                .header("-bundleannotations", "!*")
                .header("Bundle-Activator", TracerDriver.class.getName())
                .header("Provide-Capability", "malloc9.type;malloc9.type=tracer;magic:Long=877983977");
    }

    @Test
    void olderDriverLoadsAndCounts(BundleContext context, MallocRuntime runtime, Malloc ready) throws BundleException {
        assertThat(ready).isNotNull();
        KernelView kernel = new KernelView(runtime);
        Bundle old = context.installBundle(ClasspathBundles.location("old"));
        old.start();
        assertThat(kernel.typesOf(old)).extracting(TypeStats::allocs).containsExactly(1L);
        old.stop();
        assertThat(kernel.leakOf(old).blocks()).containsExactly(new Blocks(64, 1), new Blocks(128, 1));
        old.uninstall();
    }

    @Test
    void driverOfAnotherMajorVersionDoesNotResolve(BundleContext context, Malloc ready) throws BundleException {
        assertThat(ready).isNotNull();
        Bundle ancient = context.installBundle(ClasspathBundles.location("ancient"));
        // The message differs between frameworks. All of them name the package and the version, and give the same kind
        // of error.
        assertThatThrownBy(ancient::start)
                .hasMessageContaining("dev.malloc9.api")
                .hasMessageContaining("1.0.0")
                .isInstanceOfSatisfying(
                        BundleException.class, e -> assertThat(e.getType()).isEqualTo(BundleException.RESOLVE_ERROR));
        assertThat(ancient.getState()).isEqualTo(Bundle.INSTALLED);
        ancient.uninstall();
    }
}
