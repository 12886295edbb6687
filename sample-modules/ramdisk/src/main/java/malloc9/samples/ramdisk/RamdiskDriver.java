package malloc9.samples.ramdisk;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import malloc9.api.KernelMapExhausted;
import malloc9.api.Malloc;
import malloc9.api.MallocDefine;
import malloc9.api.MallocType;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * A disk without a disk: real files are copied in and out, and what lies between is malloc9 memory.
 *
 * <p>The mandatory reference is all it takes to come and go with the kernel. A new limit applies at once, to what
 * comes in from there on; the files stay where they are.
 */
@Component(service = RamdiskDriver.class, immediate = true, configurationPid = RamdiskDriver.PID)
@Designate(ocd = RamdiskDriver.Limits.class)
public final class RamdiskDriver {

    @MallocDefine(name = "ramdisk", description = "Blocks of the files on the ramdisk")
    static final MallocType M_RAMDISK = MallocType.define();

    /** What the configuration is called. */
    static final String PID = "ramdisk";

    /** What an operator may set. */
    @ObjectClassDefinition(name = "ramdisk", description = "A block device in malloc9 memory")
    public @interface Limits {

        /** The property {@code max.bytes}. */
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

    /** Detaches the driver: every block is freed, and a copy under way ends with an exception. */
    @Deactivate
    public void detach() {
        disk.close();
    }

    /**
     * Copies a file onto the disk, under the last part of its path, in the place of one that has the name.
     *
     * @throws RamdiskFailed if there is no such file, or no place for it
     */
    public StoredFile put(Path file) {
        if (Files.isDirectory(file)) {
            throw RamdiskFailed.directory(file);
        }
        if (!Files.exists(file)) {
            throw RamdiskFailed.missing(file);
        }
        // Others, such as a pipe or /dev/zero, may have no end.
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
     * Copies a file from the disk, in the place of what the target had in it.
     *
     * @throws RamdiskFailed if the disk has no such file, or the target cannot be written
     */
    public StoredFile get(String name, Path target) {
        // Opened first, so that a name that is none costs nobody a file outside.
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

    /** Removes a file from the disk. */
    public StoredFile rm(String name) {
        return disk.remove(name);
    }

    /** A table of the files by name, and what they take of the disk. */
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
