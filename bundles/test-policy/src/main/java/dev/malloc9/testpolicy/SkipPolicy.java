package dev.malloc9.testpolicy;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * A JUnit extension that prints one line for each skip by a failed assumption in a test, {@code @BeforeEach} or {@code @BeforeAll} method.
 * At the end of a run that skipped platform tests it prints their number, in which a skipped class counts as one.
 *
 * <p>If the environment variable {@code MALLOC9_REQUIRE} is {@code all}, such a test fails, since a package, the root user or a second core
 * would let it run. A test of a kernel or processor feature has the tag {@code platform} and is skipped in any case. A test that a
 * condition annotation disables, such as {@code @EnabledOnOs}, is not affected.
 *
 * <p>The extension is registered in every module by JUnit's auto-detection.
 */
public final class SkipPolicy implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {

    /** The environment variable that turns skips into failures. */
    public static final String VARIABLE = "MALLOC9_REQUIRE";

    /** The value of {@link #VARIABLE} that turns skips into failures. */
    public static final String ALL = "all";

    /** The tag of tests that need a feature of the operating system's kernel or of the processor. */
    public static final String PLATFORM = "platform";

    private final @Nullable String required;

    /** Creates the extension with the environment's value. Called by JUnit. */
    public SkipPolicy() {
        this(System.getenv(VARIABLE));
    }

    SkipPolicy(@Nullable String required) {
        this.required = required;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw verdict(context, thrown);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw verdict(context, thrown);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw verdict(context, thrown);
    }

    private Throwable verdict(ExtensionContext context, Throwable thrown) {
        if (!(thrown instanceof TestAbortedException)) {
            return thrown;
        }
        String test = context.getRequiredTestClass().getSimpleName()
                + context.getTestMethod().map(method -> "." + method.getName()).orElse("");
        if (context.getTags().contains(PLATFORM)) {
            PlatformSkips.of(context).count.incrementAndGet();
        } else if (ALL.equals(required)) {
            return new AssertionError(test + " was skipped, but " + VARIABLE + "=" + ALL + " is set", thrown);
        }
        System.out.println("skipped: " + test + ": " + thrown.getMessage());
        return thrown;
    }

    /** The number of skipped platform tests of one test run, which is printed at the end of the run. */
    private static final class PlatformSkips implements AutoCloseable {

        private final AtomicInteger count = new AtomicInteger();

        static PlatformSkips of(ExtensionContext context) {
            return context.getRoot()
                    .getStore(Namespace.create(SkipPolicy.class))
                    .getOrComputeIfAbsent(PlatformSkips.class);
        }

        @Override
        public void close() {
            System.out.println("skipped platform tests: " + count);
        }
    }
}
