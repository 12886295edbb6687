package malloc9.sysctl;

/** Where a full {@link Sbuf} goes. */
@FunctionalInterface
public interface Drain {

    /**
     * Takes bytes.
     *
     * @param length how many there are, from index 0
     * @return how many it took, 1 to {@code length}; or an error's number, negated
     */
    int drain(byte[] data, int length);
}
