package malloc9.vm;

/** Reserved address space that consists of holes, but for pages that are backed; {@link GuardRange} says what a hole is. */
public interface HoleSource {

    /** Where it begins. */
    long base();

    /** Its bytes. */
    long size();

    /**
     * Puts fresh memory in the place of a hole.
     *
     * @return false if the OS refuses, and the hole is as it was
     */
    boolean back(long address, long bytes);

    /**
     * Makes a hole of memory, which goes back to the OS.
     *
     * @return false if the OS refuses, and the memory is as it was
     */
    boolean hole(long address, long bytes);

    /** Keeps backed pages out of core dumps. */
    void keepOutOfDumps(long address, long bytes);

    /** Ends it: from here on a touch of it ends the JVM, and nothing may be mapped where it was. */
    void close();
}
