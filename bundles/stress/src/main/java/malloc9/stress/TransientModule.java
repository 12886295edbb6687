package malloc9.stress;

import static malloc9.api.MallocFlags.M_WAITOK;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import malloc9.api.InvalidFree;
import malloc9.api.InvalidFree.Reason;
import malloc9.api.MallocDefine;
import malloc9.api.MallocType;
import malloc9.api.UnregisteredType;
import malloc9.api.runtime.LeakReport;
import malloc9.api.runtime.ModuleId;
import malloc9.api.zone.Zone;
import malloc9.api.zone.ZoneDestroyed;
import malloc9.api.zone.ZoneRequest;
import malloc9.kernel.LoadableKernel;
import malloc9.malloc.type.Owner;
import org.jspecify.annotations.Nullable;

/**
 * A module that comes and goes while threads use its type and its zone: what they could not give back in time is what its
 * leak reports say, over all its lives.
 *
 * <p>Its blocks are not in the shadow, since they are taken back inside the kernel; whoever gets their memory too early
 * spoils their pattern, or they his.
 */
final class TransientModule {

    static final String NAME = "visitor";

    /** A life ends after so many operations, or after a while. */
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

    /** One life. */
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

    /** How often it came. */
    long lives() {
        return lives;
    }

    /** Blocks that its reports told of. */
    long leaked() {
        return leaked;
    }

    /** Blocks that were allocated and not freed, by those who did. */
    long left() {
        return tally.allocs().sum() - tally.frees().sum();
    }

    /** A block of the type; null if the module is not there. */
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

    /** An item of the zone; null if the module is not there. */
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

    /** The zone as it is now. */
    @Nullable
    Zone zone() {
        return zone;
    }

    /** Gives a block back, or an item of a zone. */
    void free(MemorySegment bytes, @Nullable Zone of) {
        try {
            if (of == null) {
                loader.kernel().malloc().free(bytes, M_VISITOR);
            } else {
                of.zfree(bytes);
            }
            tally.frees().increment();
        } catch (UnregisteredType | ZoneDestroyed away) {
            // The report has it.
        } catch (InvalidFree refused) {
            if (refused.reason() != Reason.REVOKED) {
                throw refused;
            }
        }
    }
}
