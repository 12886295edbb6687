package dev.malloc9.sysctl;

/** The function that serves the calls on a variable (sysctl_handler_t). Any number of threads may call it. */
@FunctionalInterface
public interface Handler {

    /** The return value that makes the call start again (EAGAIN), except a read into a stream, which fails. */
    int RESTART = 35;

    /**
     * Serves a call.
     *
     * @return 0, an error number, or {@link #RESTART}
     */
    int handle(Request request);
}
