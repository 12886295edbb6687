package dev.malloc9.testkit;

import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.MallocRuntime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.opentest4j.AssertionFailedError;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** The extension that implements {@link LeakFree}. Outside the framework it only checks that the test class is an {@link OsgiTest}. */
final class LeakFreeExtension implements BeforeEachCallback, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(LeakFreeExtension.class);

    /**
     * The state before the test.
     *
     * @param installed the ids of the installed bundles
     * @param running the ids of the bundles that were starting or active
     * @param leaks the leak reports of the kernel
     */
    private record Before(Set<Long> installed, Set<Long> running, Set<LeakReport> leaks) {

        static Before of(BundleContext context) {
            Set<Long> installed = new HashSet<>();
            Set<Long> running = new HashSet<>();
            for (Bundle bundle : context.getBundles()) {
                installed.add(bundle.getBundleId());
                if (isRunning(bundle)) {
                    running.add(bundle.getBundleId());
                }
            }
            return new Before(installed, running, new HashSet<>(reportedBy(context)));
        }
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        Inside.contextOf(test, LeakFree.class)
                .ifPresent(context -> test.getStore(NAMESPACE).put(Before.class, Before.of(context)));
    }

    @Override
    public void afterEach(ExtensionContext test) throws BundleException {
        Before before = test.getStore(NAMESPACE).get(Before.class, Before.class);
        BundleContext context = Inside.contextOf(test, LeakFree.class).orElse(null);
        if (before == null || context == null) {
            return;
        }
        cleanUp(context, before);
        List<LeakReport> left = reportedBy(context).stream()
                .filter(leak -> !before.leaks.contains(leak))
                .toList();
        if (!left.isEmpty()) {
            throw new AssertionFailedError(left.stream()
                    .map(LeakFreeExtension::text)
                    .reduce("left behind:", (lines, line) -> lines + System.lineSeparator() + "  " + line));
        }
    }

    private static void cleanUp(BundleContext context, Before before) throws BundleException {
        for (Bundle bundle : List.of(context.getBundles()).reversed()) {
            if (!before.installed.contains(bundle.getBundleId())) {
                bundle.uninstall();
            } else if (isRunning(bundle) && !before.running.contains(bundle.getBundleId())) {
                bundle.stop(Bundle.STOP_TRANSIENT);
            }
        }
    }

    private static boolean isRunning(Bundle bundle) {
        return (bundle.getState() & (Bundle.STARTING | Bundle.ACTIVE)) != 0;
    }

    /** Returns the reports of the kernel that runs now. A test may have replaced the kernel. */
    private static List<LeakReport> reportedBy(BundleContext context) {
        try (AwaitedService<MallocRuntime> runtime = AwaitedService.of(MallocRuntime.class, context)) {
            return runtime.get().leaks();
        }
    }

    private static String text(LeakReport leak) {
        String blocks = leak.blocks().stream()
                .map(block -> block.count() + " x " + block.size())
                .collect(Collectors.joining(", "));
        return leak.owner() + ": " + leak.bytes() + " bytes of type " + leak.type() + " (" + blocks + ")";
    }
}
