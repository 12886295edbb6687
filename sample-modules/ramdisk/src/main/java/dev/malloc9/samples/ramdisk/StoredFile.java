package dev.malloc9.samples.ramdisk;

import java.util.List;

/**
 * A complete file on the disk. It never changes; a later file of the same name replaces it.
 *
 * @param name the name in the directory
 * @param bytes the length in bytes
 * @param sha256 the checksum, in hexadecimal digits
 * @param blocks the numbers of the blocks, in order; the last block may be filled in part
 */
record StoredFile(String name, long bytes, String sha256, List<Long> blocks) {

    /** Returns the text that {@code ramdisk:put} and {@code ramdisk:get} print. */
    @Override
    public String toString() {
        return name + ": " + bytes + " bytes, SHA-256 " + sha256;
    }
}
