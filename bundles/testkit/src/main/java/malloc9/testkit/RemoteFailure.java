package malloc9.testkit;

import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * An exception that was thrown inside the framework, as seen outside: its text, stack trace, cause and suppressed
 * exceptions, without its class, which only the framework can load.
 *
 * <p>On the way it is a chain of {@code IllegalStateException}s: a class of the JDK is the same on both sides of a
 * class loader and of RMI. The first message begins with the {@link Kind}, so that a failed assertion is a failed
 * assertion outside, and a failed assumption an aborted test.
 */
final class RemoteFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final String MARK = "malloc9.testkit ";

    /** What the failure means to JUnit. */
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

    /** The text of the original, which begins with its class. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // not a message but the absence of this class's name
    public String toString() {
        return String.valueOf(getMessage());
    }

    /** Inside: the form in which a failure leaves the framework. */
    static IllegalStateException pack(Throwable inner) {
        Kind kind = Kind.of(inner);
        String text = kind == Kind.ERROR ? inner.toString() : String.valueOf(inner.getMessage());
        return carry(inner, MARK + kind + ' ' + text);
    }

    /** Outside: what JUnit is to be told, given what the container threw. */
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
