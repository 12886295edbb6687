package dev.malloc9.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/**
 * The boot of a framework with the distribution's bundles.
 *
 * <p>The bundles are started one after the other in the running framework. Each failure is therefore an exception here, and not an event
 * for a log that does not run yet.
 */
final class Boot {

    private final Framework framework;
    private final Consumer<String> progress;

    /**
     * Prepares a boot with the first framework of the class path.
     *
     * @param progress receives the description of each step before the step begins
     * @throws BootFailed if there is no framework on the class path
     */
    Boot(Map<String, String> properties, Consumer<String> progress) throws BootFailed {
        this.progress = progress;
        FrameworkFactory factory = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow(() -> new BootFailed("no OSGi framework is on the class path"));
        this.framework = factory.newFramework(properties);
    }

    /** Returns the framework in its present state. */
    Framework framework() {
        return framework;
    }

    /**
     * Starts the framework and the bundles. A fragment is installed and not started.
     *
     * @throws BootFailed if a step fails
     */
    void start(List<Distribution.Part> parts) throws BootFailed, InterruptedException {
        step("start the framework", framework::init);
        List<Bundle> installed = new ArrayList<>();
        for (Distribution.Part part : parts) {
            step("install " + part.name(), () -> installed.add(install(part)));
        }
        step("start the framework", () -> {
            FrameworkStartLevel levels = framework.adapt(FrameworkStartLevel.class);
            levels.setInitialBundleStartLevel(Distribution.DRIVERS);
            framework.start();
        });
        for (Bundle bundle : installed) {
            if (bundle.getHeaders("").get(Constants.FRAGMENT_HOST) == null) {
                step("start " + file(bundle), bundle::start);
            }
        }
        progress.accept("reach start level " + Distribution.LEVEL);
        reachLastLevel();
    }

    /** Raises the framework to the start level from which File Install checks its folder for changes, and waits for it. */
    private void reachLastLevel() throws InterruptedException {
        CountDownLatch reached = new CountDownLatch(1);
        framework.adapt(FrameworkStartLevel.class).setStartLevel(Distribution.LEVEL, _ -> reached.countDown());
        reached.await();
    }

    /** Returns the context of the system bundle. */
    BundleContext context() {
        return framework.getBundleContext();
    }

    /** Returns the name of the jar that the bundle was installed from. */
    private static String file(Bundle bundle) {
        return String.valueOf(Path.of(URI.create(bundle.getLocation())).getFileName());
    }

    private Bundle install(Distribution.Part part) throws BundleException, IOException {
        try (InputStream jar = Files.newInputStream(part.jar())) {
            Bundle bundle = context().installBundle(part.jar().toUri().toString(), jar);
            bundle.adapt(BundleStartLevel.class).setStartLevel(part.level());
            return bundle;
        }
    }

    private void step(String description, Step step) throws BootFailed {
        progress.accept(description);
        try {
            step.run();
        } catch (BundleException | IOException | RuntimeException | LinkageError e) {
            throw new BootFailed("cannot " + description, e);
        }
    }

    /** A step that may fail. */
    @FunctionalInterface
    private interface Step {
        void run() throws BundleException, IOException;
    }
}
