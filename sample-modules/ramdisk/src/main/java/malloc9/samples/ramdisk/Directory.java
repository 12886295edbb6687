package malloc9.samples.ramdisk;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The directory says which files the disk has by name, and frees the blocks of a file that is neither listed nor open.
 *
 * <p>As in a Unix file system a file that is removed or replaced while somebody reads it lasts until the last reader
 * has closed it. For any number of threads.
 */
final class Directory {

    private final BlockDevice device;

    /** Guarded by this directory, as the next one. */
    private final Map<String, StoredFile> listed = new TreeMap<>();

    /** How often a file is referred to: once for being listed, once for each reader. */
    private final IdentityHashMap<StoredFile, Integer> references = new IdentityHashMap<>();

    Directory(BlockDevice device) {
        this.device = device;
    }

    /** Lists a file, in the place of one with the same name. */
    synchronized void add(StoredFile file) {
        references.merge(file, 1, Integer::sum);
        release(listed.put(file.name(), file));
    }

    /** Takes a file off the list. */
    synchronized StoredFile remove(String name) {
        StoredFile file = find(name);
        listed.remove(name);
        release(file);
        return file;
    }

    /** A listed file, whose blocks last until it is closed. */
    synchronized StoredFile open(String name) {
        StoredFile file = find(name);
        references.merge(file, 1, Integer::sum);
        return file;
    }

    /** Ends what {@link #open} began. */
    synchronized void close(StoredFile file) {
        release(file);
    }

    /** The listed files by name. */
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
