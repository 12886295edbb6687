package dev.malloc9.shell.output;

import dev.malloc9.memstat.view.Printable;

/** The failure to write the output of a command. Its message is complete: the operator reads nothing else. */
public final class OutputFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates a failure with its message.
     *
     * @param file the file of the redirection; empty if there is none
     */
    OutputFailed(String file) {
        super("cannot write " + (file.isEmpty() ? "the output" : Printable.of(file)));
    }

    /** Returns the message without the class name, because the prompt prints this text. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // the prompt prints toString()
    public String toString() {
        return String.valueOf(getMessage());
    }
}
