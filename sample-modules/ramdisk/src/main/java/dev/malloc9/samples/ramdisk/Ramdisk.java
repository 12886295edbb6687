package dev.malloc9.samples.ramdisk;

import static dev.malloc9.samples.ramdisk.BlockDevice.BLOCK_BYTES;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A ramdisk that copies files into blocks of malloc9 memory and back. Each file that is copied back is checked by the checksum of
 * the data that were stored.
 *
 * <p>For any number of threads. Files and streams outside are read and written without a lock, so that a slow stream does not delay
 * other threads.
 */
final class Ramdisk implements AutoCloseable {

    private final BlockDevice device;
    private final Directory directory;

    Ramdisk(Malloc malloc, MallocType type, long limitBytes) {
        device = new BlockDevice(malloc, type, limitBytes);
        directory = new Directory(device);
    }

    /**
     * Sets the maximum number of bytes that the blocks may take. Existing files are kept. Throws RamdiskFailed if the number is
     * negative.
     */
    void limit(long bytes) {
        device.limit(bytes);
    }

    /** Returns the maximum number of bytes that the blocks may take. */
    long limit() {
        return device.limit();
    }

    /** Returns the number of bytes that the blocks take. */
    long usedBytes() {
        return device.usedBytes();
    }

    /**
     * Copies the rest of a stream into a file, and lists the file when it is complete. A file of the same name is replaced then.
     *
     * @throws RamdiskFailed if the name is invalid, the disk is full, or the ramdisk is closed; the copied blocks are freed, and an
     *     existing file of the name is kept, as after an exception of malloc
     * @throws IOException if the stream cannot be read, likewise
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

    /** Opens a file for {@link #copy}; to be closed with {@link #close(StoredFile)}. Throws RamdiskFailed if there is no such file. */
    StoredFile open(String name) {
        return directory.open(name);
    }

    /**
     * Copies an open file into a stream.
     *
     * @throws RamdiskFailed if the checksum differs, after all bytes were written, or the ramdisk is closed
     * @throws IOException if the stream cannot be written
     */
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

    /**
     * Closes a file that {@link #open} returned. If the file was removed or replaced meanwhile and has no other reader, its blocks
     * are freed.
     */
    void close(StoredFile file) {
        directory.close(file);
    }

    /** Removes a file from the directory, and returns it. Throws RamdiskFailed if there is no such file. */
    StoredFile remove(String name) {
        return directory.remove(name);
    }

    /** Returns the files, sorted by name. */
    List<StoredFile> files() {
        return directory.files();
    }

    /** Frees all blocks. A copy in progress throws RamdiskFailed at its next block. */
    @Override
    public void close() {
        device.close();
    }

    /** Returns whether a character is neither a control character nor an invisible format character. */
    static boolean isShown(int c) {
        return !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
    }

    /** Throws RamdiskFailed if a name is blank, {@code .} or {@code ..}, or has a slash, a control or an invisible format character. */
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
