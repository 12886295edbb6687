package dev.malloc9.malloc.type;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.LowMemoryHandler;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.trace.Trace;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A receiver of events that reports leaks of types, damage, panics and hits of MemGuard to the Flight Recorder first. All events are then
 * passed on to another receiver.
 */
public final class TracedEvents implements Events {

    /** The receiver to which all events are passed on. */
    private final Events told;

    /** The connection to the Flight Recorder. */
    private final Trace trace;

    /**
     * @param told the receiver to which all events are passed on
     * @param trace the connection to the Flight Recorder
     */
    public TracedEvents(Events told, Trace trace) {
        this.told = told;
        this.trace = trace;
    }

    /** Returns the connection to the Flight Recorder. */
    public Trace trace() {
        return trace;
    }

    @Override
    public void leaked(LeakReport report) {
        trace.leakOnDestroy(
                TypeMessages.printable(report.type()), title(report.owner()), report.allocations(), report.bytes());
        told.leaked(report);
    }

    @Override
    public void zoneLeft(LeakReport report) {
        told.zoneLeft(report);
    }

    @Override
    public void zoneNotEmpty(ModuleId module, String zone, long items, long pages) {
        told.zoneNotEmpty(module, zone, items, pages);
    }

    @Override
    public void quarantined(ModuleId module, long bytes) {
        told.quarantined(module, bytes);
    }

    @Override
    public void notRevokedInTime(ModuleId module, long seconds) {
        told.notRevokedInTime(module, seconds);
    }

    @Override
    public void lowMemoryHandlerFailed(LowMemoryHandler handler, Throwable thrown) {
        told.lowMemoryHandlerFailed(handler, thrown);
    }

    @Override
    public void lowMemoryHandlerLate(LowMemoryHandler handler) {
        told.lowMemoryHandlerLate(handler);
    }

    @Override
    public void callbackLate(ModuleId module, String zone, String callback) {
        told.callbackLate(module, zone, callback);
    }

    @Override
    public void softLimitPassed(ModuleId module, @Nullable String type, long limitBytes, long usedBytes) {
        told.softLimitPassed(module, type, limitBytes, usedBytes);
    }

    @Override
    public void damaged(Damage damage) {
        trace.redZoneCorruption(
                damage.kind().name().toLowerCase(Locale.ROOT),
                TypeMessages.printable(damage.type()),
                title(damage.owner()),
                damage.address(),
                damage.offset(),
                damage.bytes(),
                TypeMessages.printable(damage.report().getFirst()));
        told.damaged(damage);
    }

    @Override
    public void registered(ModuleId module, String type, String description) {
        told.registered(module, type, description);
    }

    @Override
    public void unregistered(ModuleId module, String type) {
        told.unregistered(module, type);
    }

    @Override
    public void note(String line) {
        told.note(line);
    }

    @Override
    public void panicked(ModuleId who, KernelPanic panic) {
        String message = TypeMessages.printable(panic.getMessage());
        if (panic instanceof GuardHit hit) {
            GuardHit.Block block = hit.block();
            trace.memGuardHit(
                    hit.kind().name().toLowerCase(Locale.ROOT),
                    block == null ? "" : TypeMessages.printable(block.type()),
                    title(who),
                    hit.address(),
                    message);
        }
        trace.panic(title(who), message);
        told.panicked(who, panic);
    }

    /** Returns the name of a module in printable form. */
    private static String title(ModuleId module) {
        return TypeMessages.printable(module.toString());
    }
}
