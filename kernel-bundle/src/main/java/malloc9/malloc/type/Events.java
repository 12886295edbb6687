package malloc9.malloc.type;

import malloc9.api.KernelPanic;
import malloc9.api.runtime.Damage;
import malloc9.api.runtime.LeakReport;
import malloc9.api.runtime.LowMemoryHandler;
import malloc9.api.runtime.ModuleId;
import org.jspecify.annotations.Nullable;

/** What the allocator has to tell; called outside all critical sections and all locks that malloc and free
 * take. What it throws is the caller's to bear: the kernel's own state is whole by then. */
public interface Events {

    /** A type was registered. */
    void registered(ModuleId module, String type, String description);

    /** A type was unregistered; what it leaked was told before. */
    void unregistered(ModuleId module, String type);

    /** A type was unregistered with live blocks. */
    void leaked(LeakReport report);

    /** A zone's module stopped without ending it; the report's type is the zone's name, and it may have no items out. */
    void zoneLeft(LeakReport report);

    /** A zone was ended while so many items were out, which keep that many pages from use until the module stops. */
    void zoneNotEmpty(ModuleId module, String zone, long items, long pages);

    /** A module's blocks could not be taken back: a thread or a native call does not let go of one. */
    void quarantined(ModuleId module, long bytes);

    /** A thread has waited so long for the revocation of a module by another thread, and goes on without. */
    void notRevokedInTime(ModuleId module, long seconds);

    /** A handler of vm_lowmem threw; the others are still called. */
    void lowMemoryHandlerFailed(LowMemoryHandler handler, Throwable thrown);

    /** A handler of vm_lowmem has not returned for a second; it is left out until it returns. */
    void lowMemoryHandlerLate(LowMemoryHandler handler);

    /** A callback of a zone has not returned for a second; reclaims leave the zone out until it returns. */
    void callbackLate(ModuleId module, String zone, String callback);

    /**
     * A soft limit was passed.
     *
     * @param type whose limit it is; null for the module's own
     */
    void softLimitPassed(ModuleId module, @Nullable String type, long limitBytes, long usedBytes);

    /** Memory was written to beside a block, or after its free; nobody can say who did it. */
    void damaged(Damage damage);

    /** What an operator should read. */
    void note(String line);

    /** Somebody earned a panic; whoever is told does not throw. */
    void panicked(ModuleId who, KernelPanic panic);
}
