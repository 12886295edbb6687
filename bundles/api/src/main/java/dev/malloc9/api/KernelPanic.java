package dev.malloc9.api;

/**
 * A contained panic: an error that would end a BSD kernel (panic(9)). Only the caller that caused it gets the exception. The panic is
 * recorded ({@code panics} shows the records), and the kernel continues to serve other requests.
 */
public class KernelPanic extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception for a contained panic.
     *
     * @param message the text: the words of FreeBSD's panic if there is such a panic, then the details
     */
    public KernelPanic(String message) {
        super(message);
    }
}
