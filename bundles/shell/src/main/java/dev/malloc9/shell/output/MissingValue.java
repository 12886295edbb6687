package dev.malloc9.shell.output;

/**
 * The failure of a line in which Gogo needs the value of a variable or an expression that has none: the key of a map, the name of a method.
 *
 * <p>Gogo 1.1 meets the null with a {@link NullPointerException}, whose text names its own variables.
 */
public final class MissingValue {

    public static final String TEXT = "a variable or an expression has no value";

    private static final String GOGO = "org.apache.felix.gogo.runtime.";

    private MissingValue() {}

    /** Returns whether a failure is one. */
    public static boolean isCauseOf(Throwable failure) {
        StackTraceElement[] stack = failure.getStackTrace();
        return failure instanceof NullPointerException
                && stack.length > 0
                && stack[0].getClassName().startsWith(GOGO);
    }
}
