package dev.malloc9.vm;

/** A source of reserved address space that consists of holes, except for the pages that are backed. {@link GuardRange} defines a hole. */
public interface HoleSource {

    /** Returns the address of the first byte. */
    long base();

    /** Returns the size in bytes. */
    long size();

    /**
     * Replaces a hole with new memory that reads as zero.
     *
     * @param address the address of an OS page
     * @param bytes the size in bytes, a multiple of an OS page
     * @return false if the OS refuses; the hole is then unchanged
     */
    boolean back(long address, long bytes);

    /**
     * Replaces memory with a hole. The memory is returned to the OS.
     *
     * @param address the address of an OS page
     * @param bytes the size in bytes, a multiple of an OS page
     * @return false if the OS refuses; the memory is then unchanged
     */
    boolean hole(long address, long bytes);

    /** Excludes backed pages from core dumps. If the OS does not support this, the method has no effect. */
    void keepOutOfDumps(long address, long bytes);

    /**
     * Unmaps the address space. The caller prevents later accesses and later calls of {@link #back} and {@link #hole}: an access ends the
     * JVM, or reaches memory that was mapped there since. A second call has no effect.
     */
    void close();
}
