package malloc9.samples.ramdisk;

import java.util.List;

/**
 * A file on the disk, complete and never changed: a file of the same name that comes later takes its place.
 *
 * @param name its name in the directory
 * @param bytes its length
 * @param sha256 its checksum, in hexadecimal digits
 * @param blocks the numbers of its blocks, in order; the last one may be filled in part
 */
record StoredFile(String name, long bytes, String sha256, List<Long> blocks) {

    /** What {@code ramdisk:put} and {@code ramdisk:get} print. */
    @Override
    public String toString() {
        return name + ": " + bytes + " bytes, SHA-256 " + sha256;
    }
}
