package dev.malloc9.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocFlags;
import dev.malloc9.api.MallocType;
import dev.malloc9.kernel.Kernel;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests that a stopped kernel leaves nothing in JFR that refers to its class loader, although its probes were used. */
@Tag("slow")
class UnpinnedTest {

    private static final int COLLECTIONS = 50;

    private static final long PAUSE_MILLIS = 20;

    /**
     * The JDK keeps a soft reference to the class of the record that was compared last. If soft references are cleared, no other reference
     * may remain.
     */
    @Test
    void theClassLoaderOfAStoppedKernelIsCollected() throws Exception {
        assertThat(ForkedJvm.run(Program.class, "-XX:SoftRefLRUPolicyMSPerMB=0"))
                .containsExactly("collected during a recording", "collected");
    }

    /** The program of the forked JVM: starts and stops kernels, and waits until their class loaders are collected. */
    public static final class Program {

        private Program() {}

        public static void main(String[] args) throws Exception {
            try (Recording outlives = new Recording(Recorded.settings("*"))) {
                outlives.start();
                awaitCollected(usedUp());
                System.out.println("collected during a recording");
            }
            awaitCollected(usedUp());
            System.out.println("collected");
        }
    }

    /** Loads a kernel in another class loader, records it and stops it, and returns a reference to the class loader. */
    private static WeakReference<ClassLoader> usedUp() throws Exception {
        try (URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            Class<?> probed = loader.loadClass(ProbedKernel.class.getName());
            assertThat(probed).isNotSameAs(ProbedKernel.class);
            ((Runnable) probed.getDeclaredConstructor().newInstance()).run();
            return new WeakReference<>(loader);
        }
    }

    private static void awaitCollected(WeakReference<ClassLoader> loader) throws InterruptedException {
        for (int collection = 0; loader.get() != null; collection++) {
            if (collection == COLLECTIONS) {
                throw new AssertionError("pinned");
            }
            System.gc();
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private static URL[] classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(UnpinnedTest::url)
                .toArray(URL[]::new);
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(entry, e);
        }
    }

    /** The part of the program that runs in the other class loader. */
    public static final class ProbedKernel implements Runnable {

        @MallocDefine(name = "probed")
        private static final MallocType M_PROBED = MallocType.define();

        @Override
        public void run() {
            try (Kernel kernel = Kernel.boot();
                    Recorded recorded = Recorded.probes("probed")) {
                kernel.rawMalloc().free(kernel.rawMalloc().malloc(1, M_PROBED, MallocFlags.M_WAITOK), M_PROBED);
                assertThat(recorded.events().stream()
                                .filter(UnpinnedTest::isProbes)
                                .map(event -> event.getString("type")))
                        .containsExactly("probed", "probed");
            }
        }
    }

    private static boolean isProbes(RecordedEvent event) {
        return event.hasField("classIndex");
    }
}
