package malloc9.testkit;

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

/** The extension behind {@link RestartsClean}; outside the framework it does nothing. */
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

    /** Without it a framework may keep the class loader for those who were wired to it. */
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
