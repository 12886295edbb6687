package dev.malloc9.api.runtime;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The view of a running kernel. Each call takes a snapshot; any thread may call it at any time.
 *
 * <p>Counters are read without stopping the threads that write them. Each figure is exact if no thread allocates, and otherwise differs
 * by no more than the operations in progress.
 */
@ProviderType
public interface MallocRuntime {

    /**
     * {@return the statistics of the registered types, oldest registration first (malloc_type_list)} The list contains exactly the types
     * that were registered at one instant, and never changes. A caller that iterates over it may allocate, register and unregister.
     */
    List<TypeStats> types();

    /**
     * {@return the statistics of the type with exactly that short description, or null if there is none (malloc_desc2type)}
     *
     * <p>If several types have the name, the one registered last is returned.
     *
     * @param name the short description; upper and lower case differ
     */
    @Nullable
    TypeStats type(String name);

    /**
     * {@return the whole seconds since a malloc request with {@code M_NOWAIT} last failed (malloc_last_fail)} Injected failures and
     * refusals at a limit count. Requests of zones and a contigmalloc that finds no hole do not count. If no request has failed, returns
     * the seconds since boot.
     */
    long lastFail();

    /** {@return the statistics of the zones: malloc's zones first, then the zones of drivers, oldest first} */
    List<ZoneStats> zones();

    /** {@return the kernel and the bundles that own types: the kernel first, then the bundles in the order of their ids} */
    List<ModuleInfo> modules();

    /**
     * Waits until a stopped bundle is revoked: every access through a segment of its blocks throws {@link IllegalStateException}, and its
     * guarded blocks, samples excepted, are holes.
     *
     * <p>The thread that stops a bundle with {@code Bundle.stop()} need not call this method. The same holds for a thread that updates,
     * refreshes or uninstalls the bundle. These operations return when the bundle is revoked, or wait ten seconds for it.
     *
     * <p>If two threads stop one bundle at the same time, the second {@code stop()} returns earlier. The framework sets the state
     * RESOLVED before it fires the event STOPPED. The second thread must call this method.
     *
     * <p>If the bundle runs again, this method waits for its former lives. A bundle without types and an unknown id have nothing to be
     * revoked.
     *
     * @param bundleId the id of the bundle
     * @param timeout the longest wait; zero or less does not wait
     * @return true if the bundle is revoked or has nothing to be revoked; false if the timeout passed before
     * @throws InterruptedException if the thread is interrupted while it waits, or was before
     */
    boolean awaitRevoked(long bundleId, Duration timeout) throws InterruptedException;

    /** {@return the reports of blocks and items that bundles had not freed when they stopped, oldest first} The last 256 are kept. */
    List<LeakReport> leaks();

    /**
     * {@return all blocks and items in use, by type and site} Memory of other allocators is not included. Walks the slabs of the kernel map
     * and the guarded blocks. A block that changes hands meanwhile is counted once, twice or not at all.
     */
    Outstanding outstanding();

    /**
     * {@return the blocks and items in use of one bundle, as {@link #outstanding()}; no groups if it has none}
     *
     * @param owner the bundle, or the kernel; an unknown one has no groups
     */
    Outstanding outstanding(ModuleId owner);

    /**
     * {@return the kind of memory at an address, and its block or item (mdb's {@code ::whatis})}
     *
     * @param address the address; any value is allowed, and no memory is read there
     */
    AddressInfo whatis(long address);

    /** {@return the contained panics, oldest first} The last 256 records are kept. */
    List<PanicRecord> panics();

    /** {@return the damage that was found beside blocks and in freed blocks, oldest first} The last 256 reports are kept. */
    List<Damage> damages();

    /** {@return the types that may have caused the damage, and the types by shared zones (MALLOC_DEBUG_MAXZONES)} */
    SuspectsInfo suspects();

    /** {@return the last 32 KiB of the kernel's messages, by line, oldest first (dmesg)} */
    List<String> messages();

    /** {@return the figures of the kernel map} */
    KernelMapInfo kernelMap();

    /**
     * {@return the free space of the kernel map by the size of its pieces (show freepages)} Holds the map's lock while it walks over the
     * holes.
     */
    FreePages freePages();

    /** {@return the types, zones and modules of one instant, with the generation of that instant} */
    Snapshot snapshot();

    /**
     * Passes the current figures of all registered types to a consumer, the newest type first (DDB's {@code show malloc}). An exception
     * of the consumer ends the call and is thrown.
     *
     * <p>This method takes no lock, does not wait, allocates no kernel memory and creates no objects. It therefore works while a stopped
     * thread holds a lock, and when there is no memory left.
     *
     * @param consumer the consumer, called in the caller's thread
     */
    void show(TypeFigures consumer);
}
