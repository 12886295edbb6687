package dev.malloc9.shell.output;

/**
 * Recognizes the failure of a line in which Gogo needs a value, and the variable or expression has none. Examples are the key of a map and
 * the name of a method.
 *
 * <p>Gogo 1.1 meets the null with a {@link NullPointerException}, whose text names its own variables.
 */
public final class MissingValue {

    /** The text for the operator in place of the exception's own. */
    public static final String TEXT = "a variable or an expression has no value";

    private static final String GOGO = "org.apache.felix.gogo.runtime.";

    private MissingValue() {}

    /**
     * Returns whether a failure is a {@link NullPointerException} that Gogo's runtime itself has thrown. The causes of the failure are not
     * examined.
     */
    public static boolean isCauseOf(Throwable failure) {
        StackTraceElement[] stack = failure.getStackTrace();
        return failure instanceof NullPointerException
                && stack.length > 0
                && stack[0].getClassName().startsWith(GOGO);
    }
}
