package dev.malloc9.trace;

import java.util.function.Consumer;
import java.util.function.Supplier;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;

/** The trace of a kernel in a JVM that has a Flight Recorder. */
final class FlightTrace implements Trace {

    private final Consumer<String> say;
    private volatile Runnable changed = () -> {};

    /** True if a probe was on at the last notification of {@link #changed()}. */
    private volatile boolean probing;

    /** The reason why there are no probes; empty if there are probes. Guarded by {@code this}. */
    private String absence = "";

    /** True once {@link #absence} was called: the boot is over, and the kernel's consumer of lines works. Guarded by {@code this}. */
    private boolean asked;

    private FlightTrace(Consumer<String> say) {
        this.say = say;
    }

    /**
     * Returns a trace that is connected to JFR, or one that gives the reason if JFR is switched off.
     *
     * @throws LinkageError if the module jdk.jfr is missing
     */
    static Trace open(Consumer<String> say) {
        if (!FlightRecorder.isAvailable()) {
            return new Absent(Messages.noRecorder("it is off"));
        }
        FlightTrace trace = new FlightTrace(say);
        Recorder.open(trace);
        return trace;
    }

    @Override
    public void follow(Runnable whenChanged) {
        changed = whenChanged;
        changed();
    }

    /** Notifies the kernel that the types with a probe may have changed. */
    void changed() {
        probing = Recorder.isProbing();
        changed.run();
    }

    void say(String line) {
        say.accept(line);
    }

    @Override
    public synchronized String absence() {
        asked = true;
        return absence;
    }

    /** Records that the probes have ended. If {@link #absence} was called before, also delivers the reason to the operator. */
    void end(String why) {
        synchronized (this) {
            absence = why;
            if (!asked) {
                return;
            }
        }
        say.accept(why);
    }

    @Override
    public boolean wants(String type) {
        return Recorder.wants(type);
    }

    @Override
    public void malloc(Operation operation) {
        if (isOn(Probe.MALLOC)) {
            write(() -> new MallocEvent(operation));
        }
    }

    @Override
    public void free(Operation operation) {
        if (isOn(Probe.FREE)) {
            write(() -> new FreeEvent(operation));
        }
    }

    @Override
    public void typeRegister(String type, String bundle, String description) {
        write(() -> new TypeRegisterEvent(type, bundle, description));
    }

    @Override
    public void typeUnregister(String type, String bundle, long allocations, long frees) {
        write(() -> new TypeUnregisterEvent(type, bundle, allocations, frees));
    }

    @Override
    public void leakOnDestroy(String type, String bundle, long allocations, long bytes) {
        write(() -> new LeakOnDestroyEvent(type, bundle, allocations, bytes));
    }

    @Override
    public void memGuardHit(String kind, String type, String bundle, long address, String message) {
        write(() -> new MemGuardHitEvent(kind, type, bundle, address, message));
    }

    @Override
    public void redZoneCorruption(
            String kind, String type, String bundle, long address, long offset, long bytes, String message) {
        write(() -> new RedZoneCorruptionEvent(
                kind, type, bundle, new RedZoneCorruptionEvent.Damage(address, offset, bytes), message));
    }

    @Override
    public void panic(String bundle, String message) {
        write(() -> new PanicEvent(bundle, message));
    }

    @Override
    public void close() {
        changed = () -> {};
        Recorder.close(this);
    }

    private boolean isOn(Probe probe) {
        boolean on = probe.isOn();
        if (!on && probing && !Recorder.isProbing()) {
            // JFR does not report every end of a recording. It reports none if the recording could not be written.
            changed();
        }
        return on;
    }

    /**
     * Writes an event if the events are registered. JFR discards it if no recording wants it. A {@link LinkageError} ends the probes of all
     * kernels.
     */
    private static void write(Supplier<Event> event) {
        if (Recorder.isOpen()) {
            try {
                event.get().commit();
            } catch (LinkageError hidden) {
                Recorder.fail(hidden);
            }
        }
    }
}
