package dev.malloc9.testkit;

import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.opentest4j.TestAbortedException;

/**
 * The outcome of the one test of an engine run: the first failure, in the test or around it. Later failures are suppressed exceptions of
 * the first one. A skipped test counts as aborted.
 */
final class TestOutcome implements TestExecutionListener {

    private boolean ran;
    private @Nullable Throwable failure;

    @Override
    public void executionSkipped(TestIdentifier skipped, String reason) {
        fail(new TestAbortedException(reason));
    }

    @Override
    public void executionFinished(TestIdentifier finished, TestExecutionResult result) {
        ran |= finished.isTest();
        if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
            fail(result.getThrowable().orElseGet(() -> new AssertionError(result.toString())));
        }
    }

    void throwUnlessSuccessful(String uniqueId) {
        if (failure == null && !ran) {
            failure = new IllegalStateException("the engine inside the framework found no test " + uniqueId);
        }
        if (failure != null) {
            throw RemoteFailure.pack(failure);
        }
    }

    private void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        } else if (!failure.equals(cause)) {
            failure.addSuppressed(cause);
        }
    }
}
