package dev.malloc9.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;

/**
 * A framework whose life a test drives from outside. It starts, stops and starts again, with its bundles kept in storage that
 * {@link #close} deletes.
 *
 * <pre>{@code
 * try (var framework = OutsideFramework.of("dev.malloc9.api", "dev.malloc9.kernel").start()) {
 *     Bundle leaky = framework.install("dev.malloc9.samples.leaky");
 *     leaky.start();
 *     framework.stop();
 *     framework.start();      // leaky comes back with the framework
 * }
 * }</pre>
 *
 * <p>Outside, a class is not the bundle's class of the same name. A service therefore cannot be cast to its interface, unless the package
 * is {@linkplain #sharing shared}. Driven by one thread.
 */
public final class OutsideFramework implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String COMMAND_PROCESSOR = "org.apache.felix.service.command.CommandProcessor";

    private static final String COMMAND_SESSION = "org.apache.felix.service.command.CommandSession";

    /** {@code Converter.INSPECT}: the form of a result that the shell prints. */
    private static final int INSPECT = 0;

    private final List<String> bundles;
    private final Map<String, String> properties = new HashMap<>();
    private final Path storage;
    private @Nullable Framework framework;

    private OutsideFramework(List<String> bundles, Path storage) {
        this.bundles = bundles;
        this.storage = storage;
        properties.put(Constants.FRAMEWORK_STORAGE, storage.toString());
        properties.putAll(StrictFramework.PROPERTIES);
    }

    /** Creates a framework that is not started yet. Its first start installs and starts these bundles of the test class path. */
    public static OutsideFramework of(String... symbolicNames) throws IOException {
        return new OutsideFramework(List.of(symbolicNames), Files.createTempDirectory("framework-"));
    }

    /** Sets a framework property. Called before the first start; a later call has no effect. */
    public OutsideFramework property(String key, String value) {
        properties.put(key, value);
        return this;
    }

    /**
     * Lets the system bundle export the packages that a bundle of the test class path exports. The test and the framework then have these
     * classes in common, and the bundle itself is not needed. Called before the first start.
     *
     * @throws IllegalArgumentException if the test class path has no such bundle, or it exports nothing
     */
    public OutsideFramework sharing(String symbolicName) {
        String exports = ClasspathBundles.header(symbolicName, Constants.EXPORT_PACKAGE);
        if (exports == null) {
            throw new IllegalArgumentException(symbolicName + " exports nothing");
        }
        properties.merge(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, exports, (one, other) -> one + "," + other);
        return this;
    }

    /**
     * Starts the framework, for the first time or again. If the start fails, closes the framework.
     *
     * @throws IllegalStateException if one of the bundles for which the framework was created is not active then, or the test class path
     *     does not have exactly one framework
     * @throws IllegalArgumentException if the test class path lacks one of these bundles
     */
    public OutsideFramework start() throws BundleException {
        try {
            startUnguarded();
            return this;
        } catch (BundleException | RuntimeException e) {
            // A caller that opens and starts in one expression has no reference by which it could close.
            try {
                close();
            } catch (BundleException | IOException | RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private void startUnguarded() throws BundleException {
        Framework starting = framework;
        if (starting == null) {
            starting = newFramework();
            framework = starting;
            starting.init();
            for (String symbolicName : bundles) {
                install(symbolicName).start();
            }
        }
        starting.start();
        for (String symbolicName : bundles) {
            if (bundle(symbolicName).getState() != Bundle.ACTIVE) {
                throw new IllegalStateException(symbolicName + " did not become active");
            }
        }
    }

    /**
     * Stops the framework and waits until it has stopped.
     *
     * @throws IllegalStateException if that takes more than 30 seconds, the thread is interrupted, or the framework was never started
     */
    public void stop() throws BundleException {
        Framework running = framework();
        running.stop();
        try {
            FrameworkEvent event = running.waitForStop(PATIENCE.toMillis());
            if (event.getType() == FrameworkEvent.WAIT_TIMEDOUT) {
                throw new IllegalStateException("the framework did not stop within " + PATIENCE.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted before the framework stopped", e);
        }
    }

    /**
     * Returns the context of the system bundle. Each start creates another one, which is valid until the next stop.
     *
     * @throws IllegalStateException if the framework was never started
     */
    public BundleContext context() {
        return framework().getBundleContext();
    }

    /**
     * Installs a bundle of the test class path and does not start it.
     *
     * @throws IllegalArgumentException if the test class path has no such bundle
     */
    public Bundle install(String symbolicName) throws BundleException {
        return context().installBundle(ClasspathBundles.location(symbolicName));
    }

    /**
     * Returns the first installed bundle of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Bundle bundle(String symbolicName) {
        return Stream.of(context().getBundles())
                .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no bundle " + symbolicName + " is installed"));
    }

    /**
     * Runs one line in a Gogo session of its own. Returns the printed text and then the result, in the form that the shell prints. Needs
     * {@code org.apache.felix.gogo.runtime}.
     *
     * @throws IllegalStateException if no Gogo runtime is active
     * @throws Exception the exception that the command threw; an InvocationTargetException if it threw an Error
     */
    public String gogo(String line) throws Exception {
        // The system bundle also knows an interface of that name, from the test class path. The search therefore covers
        // all services.
        ServiceReference<?>[] references = context().getAllServiceReferences(COMMAND_PROCESSOR, null);
        if (references == null) {
            throw new IllegalStateException("no Gogo runtime is active");
        }
        ServiceReference<?> reference = references[0];
        Object processor = context().getService(reference);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        Class<?> type = reference.getBundle().loadClass(COMMAND_PROCESSOR);
        Class<?> sessionType = reference.getBundle().loadClass(COMMAND_SESSION);
        Object session = type.getMethod("createSession", InputStream.class, OutputStream.class, OutputStream.class)
                .invoke(processor, InputStream.nullInputStream(), out, out);
        try {
            Object result = sessionType.getMethod("execute", CharSequence.class).invoke(session, line);
            if (result != null) {
                out.print(
                        sessionType.getMethod("format", Object.class, int.class).invoke(session, result, INSPECT));
            }
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception thrown ? thrown : e;
        } finally {
            sessionType.getMethod("close").invoke(session);
            context().ungetService(reference);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    /**
     * Stops the framework, if it was ever started, and deletes its storage, even if the stop fails. A second call fails with an
     * IOException.
     */
    @Override
    public void close() throws BundleException, IOException {
        try {
            if (framework != null) {
                stop();
            }
        } finally {
            deleteStorage();
        }
    }

    private Framework framework() {
        if (framework == null) {
            throw new IllegalStateException("the framework was never started");
        }
        return framework;
    }

    private Framework newFramework() {
        return ClasspathFramework.theOnly().newFramework(properties);
    }

    private void deleteStorage() throws IOException {
        try (Stream<Path> files = Files.walk(storage)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
