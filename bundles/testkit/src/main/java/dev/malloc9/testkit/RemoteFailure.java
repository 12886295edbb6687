package dev.malloc9.testkit;

import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * An exception that was thrown inside the framework, in the form that it has outside: its text, stack trace, cause and suppressed
 * exceptions. Its class is missing, since only the framework can load it.
 *
 * <p>On its way it is a chain of {@code IllegalStateException}s: a class of the JDK is the same on both sides of a class loader and of RMI.
 * The first message begins with a mark and the {@link Kind}, so that a failed assertion is a failed assertion outside, and a failed
 * assumption an aborted test.
 */
final class RemoteFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final String MARK = "dev.malloc9.testkit ";

    /** The meaning of a failure for JUnit. */
    private enum Kind {
        ASSERTION,
        ABORT,
        ERROR;

        static Kind of(Throwable inner) {
            if (inner instanceof TestAbortedException) {
                return ABORT;
            }
            return inner instanceof AssertionError ? ASSERTION : ERROR;
        }
    }

    private RemoteFailure(String text) {
        super(text);
    }

    /** Returns the text of the original exception, which begins with the name of its class. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // the name of this class must not precede the text
    public String toString() {
        return String.valueOf(getMessage());
    }

    /** Returns the form in which a failure leaves the framework. Called inside. */
    static IllegalStateException pack(Throwable inner) {
        Kind kind = Kind.of(inner);
        String text = kind == Kind.ERROR ? inner.toString() : String.valueOf(inner.getMessage());
        return carry(inner, MARK + kind + ' ' + text);
    }

    /**
     * Returns the failure to report to JUnit; the given exception itself if no packed failure is in its chain of causes. Called outside.
     *
     * @param thrown the exception that the container threw
     */
    static Throwable unpack(RuntimeException thrown) {
        for (Throwable packed = thrown; packed != null; packed = packed.getCause()) {
            String message = packed.getMessage();
            if (packed instanceof IllegalStateException && message != null && message.startsWith(MARK)) {
                return unpack(packed, message.substring(MARK.length()));
            }
        }
        return thrown;
    }

    private static Throwable unpack(Throwable packed, String kindAndText) {
        int space = kindAndText.indexOf(' ');
        String text = kindAndText.substring(space + 1);
        Throwable outer = switch (Kind.valueOf(kindAndText.substring(0, space))) {
            case ASSERTION -> new AssertionFailedError(text);
            case ABORT -> new TestAbortedException(text);
            case ERROR -> new RemoteFailure(text);
        };
        return restore(packed, outer);
    }

    private static IllegalStateException carry(Throwable inner, String text) {
        IllegalStateException carrier = new IllegalStateException(text, carryCause(inner.getCause()));
        carrier.setStackTrace(inner.getStackTrace());
        for (Throwable suppressed : inner.getSuppressed()) {
            carrier.addSuppressed(carry(suppressed, suppressed.toString()));
        }
        return carrier;
    }

    private static @Nullable Throwable carryCause(@Nullable Throwable cause) {
        return cause == null ? null : carry(cause, cause.toString());
    }

    private static Throwable restore(Throwable carrier, Throwable outer) {
        outer.setStackTrace(carrier.getStackTrace());
        Throwable cause = carrier.getCause();
        if (cause != null) {
            outer.initCause(restore(cause, new RemoteFailure(String.valueOf(cause.getMessage()))));
        }
        for (Throwable suppressed : carrier.getSuppressed()) {
            outer.addSuppressed(restore(suppressed, new RemoteFailure(String.valueOf(suppressed.getMessage()))));
        }
        return outer;
    }
}
