package malloc9.samples.ramdisk;

import static malloc9.samples.ramdisk.BlockDevice.BLOCK_BYTES;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import malloc9.api.Malloc;
import malloc9.api.MallocType;

/**
 * A ramdisk copies files into blocks of malloc9 memory and back, and checks that what comes out is what went in.
 *
 * <p>For any number of threads: reading and writing the outside world happens under no lock, so that a slow file
 * holds up nobody.
 */
final class Ramdisk implements AutoCloseable {

    private final BlockDevice device;
    private final Directory directory;

    Ramdisk(Malloc malloc, MallocType type, long limitBytes) {
        device = new BlockDevice(malloc, type, limitBytes);
        directory = new Directory(device);
    }

    /** Sets how many bytes the blocks may take; files that are there stay. */
    void limit(long bytes) {
        device.limit(bytes);
    }

    /** The greatest number of bytes that the blocks may take. */
    long limit() {
        return device.limit();
    }

    /** The bytes that the blocks take. */
    long usedBytes() {
        return device.usedBytes();
    }

    /**
     * Copies what a stream has left into a file, which is listed when it is complete.
     *
     * @throws RamdiskFailed if the name is none, or the disk is full; what was copied is freed, and a file that had
     *     the name keeps it
     */
    StoredFile put(String name, InputStream in) throws IOException {
        checkName(name);
        List<Long> blocks = new ArrayList<>();
        boolean complete = false;
        try {
            MessageDigest digest = sha256();
            byte[] buffer = new byte[BLOCK_BYTES];
            long bytes = 0;
            for (int n = in.readNBytes(buffer, 0, BLOCK_BYTES); n > 0; n = in.readNBytes(buffer, 0, BLOCK_BYTES)) {
                blocks.add(device.store(buffer, n));
                digest.update(buffer, 0, n);
                bytes += n;
            }
            StoredFile file = new StoredFile(name, bytes, hex(digest), List.copyOf(blocks));
            directory.add(file);
            complete = true;
            return file;
        } finally {
            if (!complete) {
                blocks.forEach(device::free);
            }
        }
    }

    /** Opens a file for one {@link #copy}. */
    StoredFile open(String name) {
        return directory.open(name);
    }

    /** Copies an open file into a stream. */
    void copy(StoredFile file, OutputStream out) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BLOCK_BYTES];
        long left = file.bytes();
        for (long block : file.blocks()) {
            int n = (int) Math.min(left, BLOCK_BYTES);
            device.load(block, buffer, n);
            out.write(buffer, 0, n);
            digest.update(buffer, 0, n);
            left -= n;
        }
        String found = hex(digest);
        if (!found.equals(file.sha256())) {
            throw RamdiskFailed.corrupt(file, found);
        }
    }

    /** Ends what {@link #open} began; a file that was removed meanwhile is freed. */
    void close(StoredFile file) {
        directory.close(file);
    }

    /** Removes a file. */
    StoredFile remove(String name) {
        return directory.remove(name);
    }

    /** The files by name. */
    List<StoredFile> files() {
        return directory.files();
    }

    /** Frees every block; who copies at the moment gets an exception. */
    @Override
    public void close() {
        device.close();
    }

    /** Whether a terminal shows the character and does not obey it. */
    static boolean isShown(int c) {
        return !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
    }

    /** A name is what a folder outside could have too, in characters that are seen. */
    private static void checkName(String name) {
        boolean shown = name.codePoints().allMatch(Ramdisk::isShown);
        if (name.isBlank() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0 || !shown) {
            throw RamdiskFailed.badName(name);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
