package dev.malloc9.testkit;

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
 * A set of class loaders that must become garbage: remembered weakly while their bundles live, and expected to be collected afterwards.
 *
 * <pre>{@code
 * ClassLoaders loaders = new ClassLoaders();
 * loaders.watch(bundle, "before the update");
 * bundle.update();
 * loaders.assertCollected();
 * }</pre>
 *
 * <p>Used by one thread. The check requests collections until all class loaders are collected, or until {@value #COLLECTIONS} collections
 * in a row have found nothing more. There is no time that must pass.
 */
public final class ClassLoaders {

    /** The number of collections in a row without a find after which a class loader counts as pinned. */
    private static final int COLLECTIONS = 10;

    /**
     * The time in milliseconds that the collector has for the report of a find. It may use it {@code COLLECTIONS} times for each
     * collection.
     */
    private static final long REPORT_MILLIS = 100;

    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();
    private final Set<Watched> watched = new LinkedHashSet<>();
    private int count;

    /** A weak reference to a class loader, with the name of the class loader in a failure. Equal to itself only. */
    private static final class Watched extends WeakReference<Object> {

        private final String label;

        Watched(ClassLoader loader, String label, ReferenceQueue<Object> queue) {
            super(loader, queue);
            this.label = label;
        }
    }

    /** Creates an empty set. */
    public ClassLoaders() {}

    /**
     * Remembers a bundle's present class loader.
     *
     * @param when the text that a failure adds to the bundle's name and version
     * @throws IllegalStateException if the bundle has no class loader, since it is not resolved or is a fragment
     */
    public void watch(Bundle bundle, String when) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        ClassLoader loader = wiring == null ? null : wiring.getClassLoader();
        if (loader == null) {
            throw new IllegalStateException(bundle + " has no class loader: it is not resolved");
        }
        watch(loader, bundle.getSymbolicName() + " " + bundle.getVersion() + ", " + when);
    }

    /**
     * Remembers a class loader.
     *
     * @param label the name of the class loader in a failure
     */
    public void watch(ClassLoader loader, String label) {
        watched.add(new Watched(loader, label, collected));
        count++;
    }

    /**
     * Expects all remembered class loaders to be garbage, and forgets the collected ones.
     *
     * @throws AssertionFailedError if some are not collected; it names them, and the platform threads that refer to them
     * @throws IllegalStateException if this VM does not collect garbage on request, or the thread is interrupted while it waits
     */
    public void assertCollected() {
        for (int fruitless = 0; fruitless < COLLECTIONS && !watched.isEmpty(); fruitless++) {
            int before = watched.size();
            // A new object without references shows whether a collection has taken place at all.
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

    /**
     * Returns the names of the platform threads that would pin a class loader: their class is of that loader, or it is their context class
     * loader. Empty for null.
     */
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
