package malloc9.sysctl;

/** What answers the calls on a variable (sysctl_handler_t). */
@FunctionalInterface
public interface Handler {

    /** Makes the call begin again (EAGAIN). */
    int RESTART = 35;

    /** @return 0, an error's number, or {@link #RESTART} */
    int handle(Request request);
}
