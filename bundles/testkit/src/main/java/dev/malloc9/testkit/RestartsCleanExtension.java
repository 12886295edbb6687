package dev.malloc9.testkit;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.FrameworkWiring;

/** The extension that implements {@link RestartsClean}. Outside the framework it only checks that the test class is an {@link OsgiTest}. */
final class RestartsCleanExtension implements AfterEachCallback {

    private static final long PATIENCE_SECONDS = 10;

    @Override
    public void afterEach(ExtensionContext test) throws Exception {
        RestartsClean asked = AnnotationSupport.findAnnotation(test.getRequiredTestMethod(), RestartsClean.class)
                .orElseThrow();
        BundleContext context = Inside.contextOf(test, RestartsClean.class).orElse(null);
        if (context == null) {
            return;
        }
        String location = ClasspathBundles.location(asked.bundle());
        if (context.getBundle(location) != null) {
            throw new IllegalStateException(asked.bundle() + " is still installed: the rounds begin without it");
        }
        ClassLoaders loaders = new ClassLoaders();
        for (int round = 1; round <= asked.times(); round++) {
            round(context, location, loaders, round);
        }
        loaders.assertCollected();
    }

    private static void round(BundleContext context, String location, ClassLoaders loaders, int round)
            throws BundleException, InterruptedException {
        Bundle bundle = context.installBundle(location);
        try {
            bundle.start();
            loaders.watch(bundle, "round " + round);
        } finally {
            bundle.uninstall();
        }
        refresh(context, bundle);
    }

    /**
     * Refreshes the bundle. Without that, a framework may keep its class loader for the bundles that were wired to it.
     *
     * @throws IllegalStateException if that takes more than 10 seconds
     */
    private static void refresh(BundleContext context, Bundle bundle) throws InterruptedException {
        CountDownLatch refreshed = new CountDownLatch(1);
        context.getBundle(0).adapt(FrameworkWiring.class).refreshBundles(List.of(bundle), event -> {
            if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                refreshed.countDown();
            }
        });
        if (!refreshed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(bundle + " was not refreshed within " + PATIENCE_SECONDS + " s");
        }
    }
}
