package malloc9.api;

/**
 * What ends a BSD kernel, contained: it reaches the caller that earned it, is recorded with its facts
 * ({@code panics} shows them), and the kernel goes on serving everybody else.
 */
public class KernelPanic extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message FreeBSD's text, then the facts */
    public KernelPanic(String message) {
        super(message);
    }
}
