package dev.malloc9.debug;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.ModuleId;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SitesTest {

    private static final ModuleId TESTS = new ModuleId("tests", "1.2.0", 5);

    /** Strong references to sites: a site lives only as long as it is referenced. */
    private final Set<Site> held = ConcurrentHashMap.newKeySet();

    private final Sites sites = new Sites(type -> type == SitesTest.class ? TESTS : null);

    @Test
    void siteNamesCallersAndModulesWithoutTheKernel() {
        assertThat(sites.depth(2)).isTrue();
        List<StackTraceElement> frames = here().stack().frames();
        assertThat(frames).extracting(StackTraceElement::toString).hasSize(2).satisfies(lines -> {
            assertThat(lines.getFirst())
                    .matches("tests@1\\.2\\.0/dev\\.malloc9\\.debug\\.SitesTest\\.here\\(SitesTest\\.java:\\d+\\)");
            assertThat(lines.getLast())
                    .matches("tests@1\\.2\\.0/dev\\.malloc9\\.debug\\.SitesTest"
                            + "\\.siteNamesCallersAndModulesWithoutTheKernel\\(SitesTest\\.java:\\d+\\)");
        });
        assertThat(here().toString()).contains(") <- tests@1.2.0/");
    }

    @Test
    void framesOfTheJdkNameModuleJavaBase() {
        sites.depth(Sites.MAX_DEPTH);
        assertThat(here().stack().frames())
                .filteredOn(frame -> "java.base".equals(frame.getModuleName()))
                .isNotEmpty()
                .allSatisfy(frame -> assertThat(frame.getModuleVersion()).isNull());
    }

    @Test
    void equalStacksShareASiteAndOtherStacksDoNot() {
        Set<Site> once = held;
        for (int i = 0; i < 100; i++) {
            once.add(here());
        }
        assertThat(once).hasSize(1);
        assertThat(here()).isNotSameAs(here());
        assertThat(sites.count()).isGreaterThanOrEqualTo(1);
    }

    @Test
    void callersShareASiteOnlyAtDepthOne() {
        sites.depth(2);
        assertThat(here()).isNotSameAs(here());
        sites.depth(1);
        assertThat(here()).isSameAs(here());
    }

    @Test
    void captureAtRateZeroReturnsNull() {
        assertThat(sites.every(0)).isTrue();
        assertThat(sites.capture()).isNull();
        assertThat(sites.count()).isZero();
    }

    @Test
    void captureAtRateEightKeepsOneBlockInEight() {
        assertThat(sites.every(8)).isTrue();
        long kept = IntStream.range(0, 8_000)
                .filter(block -> sites.capture() != null)
                .count();
        // A binomial distribution with mean 1,000 and standard deviation 30.
        assertThat(kept).isBetween(700L, 1_300L);
    }

    @Test
    void invalidKnobValueChangesNothing() {
        assertThat(sites.every(-1)).isFalse();
        assertThat(sites.every(1L << 32)).isFalse();
        assertThat(sites.depth(0)).isFalse();
        assertThat(sites.depth(65)).isFalse();
        assertThat(Objects.requireNonNull(sites.capture()).stack().frames()).hasSize(SiteTunables.STANDARD.depth());
    }

    @Test
    void manyThreadsFindOneSite() throws InterruptedException {
        sites.depth(1);
        Set<Site> found = held;
        CountDownLatch begin = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread.Builder builder = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
            threads.add(builder.start(() -> {
                try {
                    begin.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int round = 0; round < 200; round++) {
                    found.add(here());
                }
            }));
        }
        begin.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(found).hasSize(1);
        assertThat(sites.count()).isEqualTo(1);
    }

    @Test
    void aSiteKeepsNoClassLoaderAlive() throws Exception {
        ReferenceQueue<ClassLoader> gone = new ReferenceQueue<>();
        List<Site> kept = new ArrayList<>();
        WeakReference<ClassLoader> loader = visit(kept, gone);
        collect(gone);
        assertThat(loader.get()).isNull();
        assertThat(kept)
                .singleElement()
                .satisfies(site -> assertThat(site.toString())
                        .startsWith("dev.malloc9.debug.SitesTest$Visitor.apply(SitesTest.java:"));
    }

    @Test
    void unreferencedSiteIsForgotten() throws InterruptedException {
        WeakReference<Site> left = new WeakReference<>(here());
        while (left.get() != null) {
            System.gc();
            LockSupport.parkNanos(100_000);
        }
        while (sites.count() != 0) {
            // The collector enqueues the reference a little later.
            System.gc();
        }
        assertThat(sites.count()).isZero();
    }

    @Test
    void aFullTableGivesSitesWithoutFrames() {
        SiteIndex table = new SiteIndex();
        String[] label = {"C", "", ""};
        List<Site> made = new ArrayList<>();
        for (int i = 0; i <= SiteIndex.MAX; i++) {
            StackTrace trace = new StackTrace(1);
            trace.add(label, "m" + i, i);
            made.add(table.add(trace.copy(), List.of(new StackTraceElement("C", "m" + i, null, i))));
        }
        assertThat(made.getLast().toString()).isEqualTo("(no site)");
        assertThat(made.get(SiteIndex.MAX - 1).toString()).isEqualTo("C.m16383(Unknown Source)");
        held.addAll(made);
        assertThat(table.count()).isEqualTo(SiteIndex.MAX);
        StackTrace first = new StackTrace(1);
        first.add(label, "m0", 0);
        assertThat(table.find(first)).isSameAs(made.getFirst());
    }

    private Site here() {
        return sites.take();
    }

    /** A class that is loaded a second time by a class loader that nothing references. */
    public static final class Visitor implements Function<Sites, Site> {

        public Visitor() {}

        @Override
        public Site apply(Sites visited) {
            return visited.take();
        }
    }

    private WeakReference<ClassLoader> visit(List<Site> kept, ReferenceQueue<ClassLoader> gone) throws Exception {
        sites.depth(1);
        ClassLoader loader = new Reloading(Visitor.class);
        @SuppressWarnings("unchecked") // same source class, loaded a second time
        Function<Sites, Site> visitor = (Function<Sites, Site>)
                loader.loadClass(Visitor.class.getName()).getConstructor().newInstance();
        assertThat(visitor.getClass()).isNotSameAs(Visitor.class);
        kept.add(visitor.apply(sites));
        return new WeakReference<>(loader, gone);
    }

    private static void collect(ReferenceQueue<ClassLoader> gone) throws InterruptedException {
        Reference<? extends ClassLoader> found = null;
        while (found == null) {
            System.gc();
            found = gone.remove(100);
        }
    }

    private static final class Reloading extends ClassLoader {

        private final Class<?> original;

        Reloading(Class<?> original) {
            super(original.getClassLoader());
            this.original = original;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(original.getName())) {
                return super.loadClass(name, resolve);
            }
            try (@Nullable InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = Objects.requireNonNull(in).readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
