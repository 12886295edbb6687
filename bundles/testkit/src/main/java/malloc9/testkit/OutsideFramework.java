package malloc9.testkit;

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
 * A framework whose life a test drives from outside: it starts, stops and starts again, with its bundles kept in
 * storage that {@link #close} deletes.
 *
 * <pre>{@code
 * try (var framework = OutsideFramework.of("malloc9.api", "malloc9.kernel").start()) {
 *     Bundle leaky = framework.install("leaky");
 *     leaky.start();
 *     framework.stop();
 *     framework.start();      // leaky comes back with the framework
 * }
 * }</pre>
 *
 * <p>Out here a class is not the bundle's class of the same name, so a service cannot be cast to its interface,
 * unless the package is {@linkplain #sharing shared}. Driven by one thread.
 */
public final class OutsideFramework implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String COMMAND_PROCESSOR = "org.apache.felix.service.command.CommandProcessor";

    private static final String COMMAND_SESSION = "org.apache.felix.service.command.CommandSession";

    /** {@code Converter.INSPECT}: a result as the shell shows it. */
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

    /** A framework that is not started yet, which will install and start these bundles of the test class path. */
    public static OutsideFramework of(String... symbolicNames) throws IOException {
        return new OutsideFramework(List.of(symbolicNames), Files.createTempDirectory("framework-"));
    }

    /** Sets a framework property; before the first start. */
    public OutsideFramework property(String key, String value) {
        properties.put(key, value);
        return this;
    }

    /**
     * Lets the system bundle export what a bundle of the test class path exports, instead of that bundle, so that the
     * test and the framework have these classes in common; before the first start.
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
     * Starts the framework, for the first time or again; what fails to start is closed.
     *
     * @throws IllegalStateException if one of the bundles it was made for is not active then
     */
    public OutsideFramework start() throws BundleException {
        try {
            startUnguarded();
            return this;
        } catch (BundleException | RuntimeException e) {
            // A caller that opens and starts in one expression has nothing to close.
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
     * @throws IllegalStateException if that takes more than 30 seconds, or the waiting is interrupted
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

    /** The context of the system bundle; another one after each start. */
    public BundleContext context() {
        return framework().getBundleContext();
    }

    /** Installs a bundle of the test class path and does not start it. */
    public Bundle install(String symbolicName) throws BundleException {
        return context().installBundle(ClasspathBundles.location(symbolicName));
    }

    /**
     * The first installed bundle of that name.
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
     * Runs one line in a Gogo session of its own and returns what it printed, then its result in the form that the
     * shell shows; needs {@code org.apache.felix.gogo.runtime}.
     *
     * @throws Exception what the command threw
     */
    public String gogo(String line) throws Exception {
        // The system bundle knows an interface of that name too, that of the test class path: hence "all".
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

    /** Stops the framework, if it runs, and deletes its storage. */
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
