package dev.malloc9.malloc.type;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.malloc.account.Limits;
import dev.malloc9.malloc.account.Reservation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The owner of memory types: one life of a module, from its start to its stop. The types' blocks belong to it.
 *
 * <p>Every segment that is handed out for a block of its types carries the owner's scope, except that of a guarded block. {@link #revoke()}
 * closes this scope. Every access through such a segment then fails, wherever the segment has been passed.
 */
public final class Owner {

    /** The number of attempts to close the arena. The JDK refuses to close it while a native call uses one of the segments. */
    private static final int REVOKE_TRIES = 50;

    /** The pause between two attempts, in nanoseconds. */
    private static final long REVOKE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final ModuleId module;
    private final String file;

    /** The name of the module in printable form. */
    private final String title;

    /** The arena whose scope the segments have. */
    private final Arena arena = Arena.ofShared();

    /**
     * True once the arena's {@code close()} has returned. The scope's {@code isAlive()} is false already while {@code close()} is running.
     */
    private volatile boolean revoked;

    /** The reservations that the owner's types have in its quota. */
    private final List<Reservation> reservations = new CopyOnWriteArrayList<>();

    /** The limits, failure injection and level of the module, as the operator has set them. */
    public final Limits limits = new Limits(() -> reservations.forEach(Reservation::gather), System::nanoTime);

    /** The name of the type that the module's stop retired last, or null if none was. Guarded by the lock of {@link MallocTypes}. */
    private @Nullable String retired;

    /**
     * @param module the module
     * @param file the location from which the module was loaded; for messages only
     */
    public Owner(ModuleId module, String file) {
        this.module = module;
        this.file = file;
        this.title = TypeMessages.printable(module.toString());
    }

    /** Returns the module. */
    public ModuleId module() {
        return module;
    }

    /** Returns the name of the module in printable form. */
    public String title() {
        return title;
    }

    /** Returns the location from which the module was loaded. */
    public String file() {
        return file;
    }

    /** Returns the name of the type that was retired last; null if none was. The caller holds the lock of {@link MallocTypes}. */
    @Nullable
    String retired() {
        return retired;
    }

    /** Records that a type was retired. The caller holds the lock of {@link MallocTypes}. */
    void retired(String type) {
        retired = type;
    }

    /** Creates the reservation of a new type in the owner's quota. */
    Reservation newReservation() {
        Reservation reservation = new Reservation(limits.quota);
        reservations.add(reservation);
        return reservation;
    }

    /** Removes the reservation of a type whose registration has failed. */
    void forget(Reservation reservation) {
        reservations.remove(reservation);
    }

    /**
     * Returns a segment over the addresses from 0 to {@code Long.MAX_VALUE - 1}, alive until {@link #revoke()}. It must not be handed out
     * to a module.
     */
    public MemorySegment everything() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE, arena, null);
    }

    /**
     * Closes the scope of all segments. Makes up to 50 attempts, with a pause of 2 ms after each that fails. In an interrupted thread, the
     * pauses end at once.
     *
     * @return true if the scope is closed; false if a native call still uses a segment or another thread is closing the scope, and the
     *     caller may try again later
     */
    public boolean revoke() {
        for (int attempt = 0; attempt < REVOKE_TRIES && !revoked; attempt++) {
            if (!tryRevoke()) {
                LockSupport.parkNanos(REVOKE_PAUSE_NANOS);
            }
        }
        return revoked;
    }

    /**
     * Closes the scope of all segments, in one attempt.
     *
     * @return false if a native call uses a segment, or if another call is closing the scope or has closed it
     */
    public boolean tryRevoke() {
        try {
            arena.close();
            revoked = true;
            return true;
        } catch (IllegalStateException inUseOrClosed) {
            return false;
        }
    }

    /** Returns whether the scope of all segments is closed. */
    public boolean isRevoked() {
        return revoked;
    }
}
