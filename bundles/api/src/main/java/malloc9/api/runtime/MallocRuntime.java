package malloc9.api.runtime;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The view into a running kernel; every call takes a snapshot and may be made by any thread.
 *
 * <p>Counters are read without stopping their writers: each is exact when nobody allocates, and at any time off by no
 * more than the operations in flight.
 */
@ProviderType
public interface MallocRuntime {

    /**
     * The registered types with their statistics, oldest registration first (malloc_type_list): exactly those that were registered
     * at one instant, in a list that never changes, so that who walks it may allocate, register and unregister.
     */
    List<TypeStats> types();

    /** The type with exactly that short description, of several the one registered last; null if there is none (malloc_desc2type). */
    @Nullable
    TypeStats type(String name);

    /** Seconds since a request with {@code M_NOWAIT} last failed, really or on purpose; since boot, if none has (malloc_last_fail). */
    long lastFail();

    /** The zones, oldest first. */
    List<ZoneStats> zones();

    /** The bundles that own types, oldest first; the kernel itself is the first. */
    List<ModuleInfo> modules();

    /**
     * Waits until a bundle that has stopped is revoked: every segment of its blocks throws {@link IllegalStateException}, and its guarded
     * blocks are holes.
     *
     * <p>The thread whose {@code Bundle.stop()} stops a bundle needs no call of this method, nor does a thread that updates, refreshes or uninstalls
     * the bundle: these operations return when the bundle is revoked, or wait for that for ten seconds. If two threads stop one
     * bundle at the same time, the second {@code stop()} returns before that, since the framework sets the state RESOLVED and fires the event
     * STOPPED afterwards. The second thread calls this method.
     *
     * <p>If the bundle runs again, this method waits for its former lives. A bundle that has no types, or an id that no bundle has, has nothing to be
     * revoked.
     *
     * @param bundleId the bundle's id
     * @param timeout the longest wait; zero or less does not wait
     * @return true if the bundle is revoked or has nothing to be revoked; false if the time was over before
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    boolean awaitRevoked(long bundleId, Duration timeout) throws InterruptedException;

    /** What bundles forgot when they were stopped, oldest first; the last few hundred. */
    List<LeakReport> leaks();

    /** What all bundles have in use, by type and site. Walks the kernel map's slabs. */
    Outstanding outstanding();

    /** What one bundle has in use; nothing if it owns no types. */
    Outstanding outstanding(ModuleId owner);

    /** What lies at an address, whatever it is: no memory is read there. */
    AddressInfo whatis(long address);

    /** The panics that were contained, oldest first; the last few hundred. */
    List<PanicRecord> panics();

    /** The damage that was found beside blocks and in freed ones, oldest first; the last few hundred. */
    List<Damage> damages();

    /** Who may have done that damage, and which types share zones. */
    SuspectsInfo suspects();

    /** The kernel's last messages, oldest first (dmesg). */
    List<String> messages();

    /** The kernel map. */
    KernelMapInfo kernelMap();

    /** What of the kernel map is free, by the size of the pieces (show freepages). Takes the map's lock for a walk over its holes. */
    FreePages freePages();

    /** Types, zones and modules of one instant, with the number of that instant. */
    Snapshot snapshot();

    /**
     * Tells the figures of all registered types, the newest first, as they stand (show malloc).
     *
     * <p>It takes no lock, waits for nobody, asks for no kernel memory and makes no object: it works when a stopped thread holds whatever it
     * holds, and when there is no memory left.
     */
    void show(TypeFigures consumer);
}
