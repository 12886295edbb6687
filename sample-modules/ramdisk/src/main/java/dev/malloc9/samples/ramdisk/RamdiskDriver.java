package dev.malloc9.samples.ramdisk;

import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * A simulated disk: files are copied in and out, and their contents are kept in malloc9 memory.
 *
 * <p>The component's mandatory reference starts and stops it together with the kernel. A new limit applies at once to blocks that
 * are stored from then on. Existing files are kept.
 */
@Component(service = RamdiskDriver.class, immediate = true, configurationPid = RamdiskDriver.PID)
@Designate(ocd = RamdiskDriver.Limits.class)
public final class RamdiskDriver {

    @MallocDefine(name = "ramdisk", description = "Blocks of the files on the ramdisk")
    static final MallocType M_RAMDISK = MallocType.define();

    /** The PID of the driver's configuration. */
    static final String PID = "ramdisk";

    /** The configuration that an operator may set. */
    @ObjectClassDefinition(name = "ramdisk", description = "A block device in malloc9 memory")
    public @interface Limits {

        /** Returns the property {@code max.bytes}, in bytes. */
        @AttributeDefinition(
                name = "max.bytes",
                description = "How many bytes the blocks may take; lowering it removes no file",
                min = "0")
        long max_bytes() default 64L << 20;
    }

    private final Ramdisk disk;

    /** Attaches the driver to a kernel. */
    @Activate
    public RamdiskDriver(@Reference Malloc malloc, Limits limits) {
        disk = new Ramdisk(malloc, M_RAMDISK, limits.max_bytes());
    }

    @Modified
    void modified(Limits limits) {
        disk.limit(limits.max_bytes());
    }

    /** Detaches the driver. Every block is freed, and a copy in progress throws RamdiskFailed at its next block. */
    @Deactivate
    public void detach() {
        disk.close();
    }

    /**
     * Copies a file onto the disk, under the last part of its path. A file of that name on the disk is replaced.
     *
     * @throws RamdiskFailed if the file is missing, not a regular file or unreadable, its name is invalid, the disk is full, there is no
     *     memory, or the driver is detached
     */
    public StoredFile put(Path file) {
        if (Files.isDirectory(file)) {
            throw RamdiskFailed.directory(file);
        }
        if (!Files.exists(file)) {
            throw RamdiskFailed.missing(file);
        }
        // Other kinds of files, such as a pipe or /dev/zero, may have no end.
        if (!Files.isRegularFile(file)) {
            throw RamdiskFailed.notAFile(file);
        }
        try (InputStream in = Files.newInputStream(file)) {
            return putFrom(in, file);
        } catch (IOException e) {
            throw RamdiskFailed.unreadable(file, e);
        }
    }

    /**
     * Copies a file from the disk. The contents of an existing target are replaced.
     *
     * @throws RamdiskFailed if the disk has no such file, the target cannot be written, the file is damaged or the driver is detached; in
     *     the last three cases the target may be incomplete or wrong
     */
    public StoredFile get(String name, Path target) {
        // The file is opened first, so that a wrong name does not truncate the target.
        StoredFile file = disk.open(name);
        try {
            if (Files.isDirectory(target)) {
                throw RamdiskFailed.directory(target);
            }
            try (OutputStream out = Files.newOutputStream(target)) {
                disk.copy(file, out);
            } catch (NoSuchFileException e) {
                throw RamdiskFailed.missing(target);
            } catch (IOException e) {
                throw RamdiskFailed.unwritable(target, e);
            }
            return file;
        } finally {
            disk.close(file);
        }
    }

    /** Removes a file from the disk, and returns it. Throws RamdiskFailed if there is no such file. */
    public StoredFile rm(String name) {
        return disk.remove(name);
    }

    /** Returns a table of the files, sorted by name, with a last line about the space in use. */
    public String ls() {
        List<StoredFile> files = disk.files();
        String rows = files.stream()
                .map(file -> row(file.bytes(), file.blocks().size(), file.name()))
                .collect(Collectors.joining());
        return row("Bytes", "Blocks", "Name") + rows + disk.usedBytes() + " of " + disk.limit() + " bytes in use";
    }

    private StoredFile putFrom(InputStream in, Path file) throws IOException {
        try {
            return disk.put(String.valueOf(file.getFileName()), in);
        } catch (RamdiskFailed | KernelMapExhausted e) {
            throw RamdiskFailed.notStored(file, Files.size(file), e);
        }
    }

    private static String row(Object bytes, Object blocks, String name) {
        return String.format(Locale.ROOT, "%10s %7s  %s%n", bytes, blocks, name);
    }
}
