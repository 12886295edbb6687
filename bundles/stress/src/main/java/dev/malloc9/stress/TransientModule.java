package dev.malloc9.stress;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.InvalidFree.Reason;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneDestroyed;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.kernel.LoadableKernel;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A module that is loaded and unloaded while threads use its type and its zone. Over all its lives, the blocks and items that the threads
 * did not free must be as many as its leak reports say.
 *
 * <p>Its blocks are not in the shadow, since the kernel itself frees them at the stop. If their memory is handed out too early, the new
 * block overwrites their pattern, or they overwrite the new block's.
 */
final class TransientModule {

    static final String NAME = "visitor";

    /** The number of operations after which a life ends. A life with fewer operations ends after {@code WHILE_MILLIS}. */
    private static final int OPERATIONS = 200;

    private static final long WHILE_MILLIS = 20;

    @MallocDefine(name = "visitor")
    private static final MallocType M_VISITOR = MallocType.define();

    private final LoadableKernel loader;
    private final Semaphore operations = new Semaphore(0);
    private final Tally tally = new Tally();
    private long lives;
    private long leaked;
    private volatile @Nullable Zone zone;

    TransientModule(LoadableKernel loader) {
        this.loader = loader;
    }

    /**
     * Lives once: loads the module, waits for operations, unloads the module and adds up its leak reports. A life with an even number that
     * had {@code OPERATIONS} operations reclaims the caches before it ends.
     */
    void live() throws InterruptedException {
        operations.drainPermits();
        ModuleId module = new ModuleId(NAME, "1", ++lives);
        Owner owner = loader.load(module, List.of(M_VISITOR));
        zone = loader.kernel().zones().zcreate(ZoneRequest.of("visited", 192, M_VISITOR));
        boolean used = operations.tryAcquire(OPERATIONS, WHILE_MILLIS, TimeUnit.MILLISECONDS);
        if (used && lives % 2 == 0) {
            loader.kernel().zones().reclaim();
        }
        loader.unload(owner);
        leaked += loader.kernel().runtime().leaks().stream()
                .filter(report -> report.owner().equals(module))
                .mapToLong(LeakReport::allocations)
                .sum();
    }

    /** Returns the number of lives so far. */
    long lives() {
        return lives;
    }

    /** Returns the number of blocks and items in the module's leak reports. */
    long leaked() {
        return leaked;
    }

    /** Returns the number of blocks and items that the threads allocated and did not free. */
    long left() {
        return tally.allocs().sum() - tally.frees().sum();
    }

    /** Allocates a block of the type; returns null if the module is not loaded. */
    @Nullable
    MemorySegment allocate(long size) {
        operations.release();
        try {
            MemorySegment bytes = loader.kernel().malloc().malloc(size, M_VISITOR, M_WAITOK);
            tally.allocs().increment();
            return bytes;
        } catch (UnregisteredType away) {
            return null;
        }
    }

    /** Allocates an item of a zone; returns null if the zone's module has been unloaded. */
    @Nullable
    MemorySegment allocateItem(Zone from) {
        operations.release();
        try {
            MemorySegment bytes = from.zalloc(M_WAITOK);
            tally.allocs().increment();
            return bytes;
        } catch (ZoneDestroyed away) {
            return null;
        }
    }

    /** Returns the zone of the latest life, which may have ended; null before the first life. */
    @Nullable
    Zone zone() {
        return zone;
    }

    /**
     * Frees a block or an item. If the module was stopped in the meantime, the kernel has freed it, and nothing is counted.
     *
     * @param of the zone of the item; null for a block of the type
     * @throws InvalidFree if the free is refused for another reason than {@code REVOKED}
     */
    void free(MemorySegment bytes, @Nullable Zone of) {
        try {
            if (of == null) {
                loader.kernel().malloc().free(bytes, M_VISITOR);
            } else {
                of.zfree(bytes);
            }
            tally.frees().increment();
        } catch (UnregisteredType | ZoneDestroyed away) {
            // The block is in the leak report.
        } catch (InvalidFree refused) {
            if (refused.reason() != Reason.REVOKED) {
                throw refused;
            }
        }
    }
}
