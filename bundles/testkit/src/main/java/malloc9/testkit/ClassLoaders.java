package malloc9.testkit;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Class loaders that ought to become garbage: remembered weakly while their bundles live, and expected to be gone
 * afterwards.
 *
 * <pre>{@code
 * ClassLoaders loaders = new ClassLoaders();
 * loaders.watch(bundle, "before the update");
 * bundle.update();
 * loaders.assertCollected();
 * }</pre>
 *
 * <p>Used by one thread. The garbage collector is asked, and its answer waited for, until all are gone or it has found
 * nothing more in {@value #COLLECTIONS} collections: there is no time that must pass.
 */
public final class ClassLoaders {

    /** Collections in a row that find nothing before a class loader counts as pinned. */
    private static final int COLLECTIONS = 10;

    /** How long the collector may take to report what one collection has found. */
    private static final long REPORT_MILLIS = 100;

    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();
    private final Set<Watched> watched = new LinkedHashSet<>();
    private int count;

    /** A class loader by the name that a failure gives it; equal to itself only. */
    private static final class Watched extends WeakReference<Object> {

        private final String label;

        Watched(ClassLoader loader, String label, ReferenceQueue<Object> queue) {
            super(loader, queue);
            this.label = label;
        }
    }

    /** None yet. */
    public ClassLoaders() {}

    /**
     * Remembers a bundle's present class loader.
     *
     * @param when what a failure adds to the bundle's name
     * @throws IllegalStateException if the bundle is not resolved and so has no class loader
     */
    public void watch(Bundle bundle, String when) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        ClassLoader loader = wiring == null ? null : wiring.getClassLoader();
        if (loader == null) {
            throw new IllegalStateException(bundle + " has no class loader: it is not resolved");
        }
        watch(loader, bundle.getSymbolicName() + " " + bundle.getVersion() + ", " + when);
    }

    /** Remembers any class loader, by a name that a failure gives it. */
    public void watch(ClassLoader loader, String label) {
        watched.add(new Watched(loader, label, collected));
        count++;
    }

    /**
     * Expects all remembered class loaders to be garbage, and forgets those that are.
     *
     * @throws AssertionFailedError if some are not; it names them, and the threads that hold on to them
     * @throws IllegalStateException if this VM does not collect garbage when it is asked to, or the waiting is
     *     interrupted
     */
    public void assertCollected() {
        for (int fruitless = 0; fruitless < COLLECTIONS && !watched.isEmpty(); fruitless++) {
            int before = watched.size();
            // Whether a collection has taken place at all, a fresh piece of garbage tells.
            WeakReference<Object> canary = new WeakReference<>(new Object(), collected);
            System.gc();
            boolean gone = await(canary);
            watched.removeIf(it -> it.refersTo(null));
            if (watched.size() < before) {
                fruitless = -1;
            } else if (!gone && fruitless == COLLECTIONS - 1) {
                throw new IllegalStateException("System.gc() collects nothing in this VM; -XX:+DisableExplicitGC?");
            }
        }
        if (!watched.isEmpty()) {
            throw new AssertionFailedError(message());
        }
    }

    private boolean await(Reference<Object> canary) {
        try {
            for (int i = 0; i < COLLECTIONS; i++) {
                Reference<?> found = collected.remove(REPORT_MILLIS);
                if (found instanceof Watched gone) {
                    watched.remove(gone);
                } else if (Objects.equals(found, canary) || canary.refersTo(null)) {
                    return true;
                }
            }
            return canary.refersTo(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted before the garbage was collected", e);
        }
    }

    private String message() {
        return watched.size() + " of " + count + " class loaders are not collected, something holds on to them:"
                + watched.stream().map(ClassLoaders::line).collect(Collectors.joining());
    }

    private static String line(Watched pinned) {
        List<String> threads = threadsOf(pinned.get());
        return System.lineSeparator() + "  " + pinned.label
                + (threads.isEmpty() ? "" : ", held by " + String.join(" and ", threads));
    }

    /** The threads that would pin a class loader: by being of its making, or by carrying it as their context's. */
    private static List<String> threadsOf(@Nullable Object loader) {
        List<String> threads = new ArrayList<>();
        if (loader == null) {
            return threads;
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (loader.equals(thread.getContextClassLoader())
                    || loader.equals(thread.getClass().getClassLoader())) {
                threads.add("thread '" + thread.getName() + "'");
            }
        }
        return threads;
    }
}
