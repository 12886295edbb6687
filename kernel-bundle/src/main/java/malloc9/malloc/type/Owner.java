package malloc9.malloc.type;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import malloc9.api.runtime.ModuleId;
import malloc9.malloc.account.Limits;
import malloc9.malloc.account.Reservation;
import org.jspecify.annotations.Nullable;

/**
 * An owner is one life of a module: what its types' blocks belong to, and the scope of their segments.
 *
 * <p>Every segment handed out under its types carries its scope; {@link #revoke()} ends it, and with it every access
 * through them, wherever they went.
 */
public final class Owner {

    /** A close is refused while a native call uses one of the segments: how often, and how long apart, it is retried. */
    private static final int REVOKE_TRIES = 50;

    private static final long REVOKE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final ModuleId module;
    private final String file;

    /** The module without what could forge a line. */
    private final String title;

    private final Arena arena = Arena.ofShared();

    /** Whether the scope has ended for everybody: it is not alive from the beginning of its end on. */
    private volatile boolean revoked;

    /** What its types have drawn in advance from its budget. */
    private final List<Reservation> reservations = new CopyOnWriteArrayList<>();

    /** What the operator has set for it. */
    public final Limits limits = new Limits(() -> reservations.forEach(Reservation::gather), System::nanoTime);

    /** The name of a type that it had, once its types are retired. Guarded by the lock of {@link MallocTypes}. */
    @Nullable
    String retired;

    /** @param file where the module was loaded from */
    public Owner(ModuleId module, String file) {
        this.module = module;
        this.file = file;
        this.title = TypeMessages.printable(module.toString());
    }

    /** Which module. */
    public ModuleId module() {
        return module;
    }

    /** Which module, as it is shown. */
    public String title() {
        return title;
    }

    /** Where it was loaded from. */
    public String file() {
        return file;
    }

    /** A new type's share of the budget. */
    Reservation newReservation() {
        Reservation reservation = new Reservation(limits.quota);
        reservations.add(reservation);
        return reservation;
    }

    /** A type that came to nothing has no share. */
    void forget(Reservation reservation) {
        reservations.remove(reservation);
    }

    /** All of the address space, alive until {@link #revoke()}; nobody but the kernel may have it whole. */
    public MemorySegment everything() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE, arena, null);
    }

    /** Ends every segment; false if a native call still uses one, and it may be tried again. */
    public boolean revoke() {
        for (int attempt = 0; attempt < REVOKE_TRIES && !revoked; attempt++) {
            if (!tryRevoke()) {
                LockSupport.parkNanos(REVOKE_PAUSE_NANOS);
            }
        }
        return revoked;
    }

    /** Ends every segment, without a second try; false if a native call uses one, or another call ends them or has done so. */
    public boolean tryRevoke() {
        try {
            arena.close();
            revoked = true;
            return true;
        } catch (IllegalStateException inUseOrClosed) {
            return false;
        }
    }

    /** Whether every segment has ended. */
    public boolean isRevoked() {
        return revoked;
    }
}
