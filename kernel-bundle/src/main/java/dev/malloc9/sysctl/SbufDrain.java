package dev.malloc9.sysctl;

/** The receiver of the bytes of an {@link Sbuf} that is full or finished. */
@FunctionalInterface
public interface SbufDrain {

    /**
     * Takes bytes.
     *
     * @param data the array that holds the bytes from index 0 on; it is valid during the call only
     * @param length the number of bytes, at least 1
     * @return the number of bytes that were taken, 1 to {@code length}; or a negated error number
     */
    int drain(byte[] data, int length);
}
