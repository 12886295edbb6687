package dev.malloc9.samples.ramdisk;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The directory that maps names to the files on the disk, and frees the blocks of a file that is neither listed nor open.
 *
 * <p>As in a Unix file system, a file that is removed or replaced while it is open lasts until the last reader has closed it. For
 * any number of threads.
 */
final class Directory {

    private final BlockDevice device;

    /** The listed files by name. Guarded by this directory's monitor, as the next field. */
    private final Map<String, StoredFile> listed = new TreeMap<>();

    /** The number of references to each file: one if it is listed, and one for each reader. */
    private final IdentityHashMap<StoredFile, Integer> references = new IdentityHashMap<>();

    Directory(BlockDevice device) {
        this.device = device;
    }

    /** Lists a file. A listed file of the same name is replaced. */
    synchronized void add(StoredFile file) {
        references.merge(file, 1, Integer::sum);
        release(listed.put(file.name(), file));
    }

    /** Removes a file from the list, and returns it. Throws RamdiskFailed if there is no such file. */
    synchronized StoredFile remove(String name) {
        StoredFile file = find(name);
        listed.remove(name);
        release(file);
        return file;
    }

    /** Opens a listed file, whose blocks then last until it is closed. Throws RamdiskFailed if there is no such file. */
    synchronized StoredFile open(String name) {
        StoredFile file = find(name);
        references.merge(file, 1, Integer::sum);
        return file;
    }

    /** Closes a file that {@link #open} returned. */
    synchronized void close(StoredFile file) {
        release(file);
    }

    /** Returns the listed files, sorted by name. */
    synchronized List<StoredFile> files() {
        return new ArrayList<>(listed.values());
    }

    private StoredFile find(String name) {
        StoredFile file = listed.get(name);
        if (file == null) {
            throw RamdiskFailed.noFile(name);
        }
        return file;
    }

    private void release(@Nullable StoredFile file) {
        if (file != null
                && references.merge(file, -1, (count, less) -> count + less == 0 ? null : count + less) == null) {
            file.blocks().forEach(device::free);
        }
    }
}
