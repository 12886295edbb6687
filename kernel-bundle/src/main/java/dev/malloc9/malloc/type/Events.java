package dev.malloc9.malloc.type;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.LowMemoryHandler;
import dev.malloc9.api.runtime.ModuleId;
import org.jspecify.annotations.Nullable;

/**
 * The receiver of the allocator's events. The methods are called outside all critical sections and all locks that malloc and free take. An
 * exception that a method throws propagates to the caller of the method, usually a request. The kernel's state is consistent by then,
 * except as said at {@link #softLimitPassed}.
 */
public interface Events {

    /** Called when a type was registered. */
    void registered(ModuleId module, String type, String description);

    /** Called when a type was unregistered. If it has leaked, {@link #leaked} was called before, except at the stop of the kernel. */
    void unregistered(ModuleId module, String type);

    /** Called when the stop of a module unregisters a type that has live blocks or bytes in use. Not called at the stop of the kernel. */
    void leaked(LeakReport report);

    /**
     * Called when a module stopped without destroying one of its zones. The report's type is the zone's name. The zone may have no items in
     * use.
     */
    void zoneLeft(LeakReport report);

    /**
     * Called when a zone was destroyed while items were in use, or while a thread did not leave its critical section in time.
     *
     * @param items the number of items in use
     * @param pages the number of pages that stay occupied until the module stops; 0 for a secondary zone
     */
    void zoneNotEmpty(ModuleId module, String zone, long items, long pages);

    /**
     * Called for each leaked type of a stopped module whose blocks could not be taken back, because a thread or a native call still uses
     * memory of the module.
     *
     * @param bytes the number of bytes of the type that stay in quarantine
     */
    void quarantined(ModuleId module, long bytes);

    /**
     * Called when a thread has waited too long for another thread's revocation of a module, and continues without it.
     *
     * @param seconds the time that the thread has waited, in seconds
     */
    void notRevokedInTime(ModuleId module, long seconds);

    /** Called when a handler of vm_lowmem threw. The other handlers are still called. */
    void lowMemoryHandlerFailed(LowMemoryHandler handler, Throwable thrown);

    /** Called when a handler of vm_lowmem has not returned for a second. The handler is not called again until it returns. */
    void lowMemoryHandlerLate(LowMemoryHandler handler);

    /**
     * Called when the fini of a zone's items has not returned for a second. Reclaims skip the zone until the callback returns.
     *
     * @param callback the name of the callback in messages, for instance {@code zfini}
     */
    void callbackLate(ModuleId module, String zone, String callback);

    /**
     * Called when the usage has crossed a soft limit, at most once in 300 s for each limit. An implementation must not throw: the charge of
     * the request would not be refunded.
     *
     * @param type the name of the type that has the limit; null if the limit is the module's own
     * @param limitBytes the soft limit in bytes
     * @param usedBytes the usage in bytes
     */
    void softLimitPassed(ModuleId module, @Nullable String type, long limitBytes, long usedBytes);

    /** Called when a write beside a block or to a freed block was detected. The thread that made the write is unknown. */
    void damaged(Damage damage);

    /** Called with a message for the operator. */
    void note(String line);

    /** Called when the given module has caused a panic. An implementation must not throw. */
    void panicked(ModuleId who, KernelPanic panic);
}
