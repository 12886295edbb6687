package dev.malloc9.trace;

import dev.malloc9.vm.KernelLock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;

/**
 * The connection between JFR and the kernels of this class loader. It registers their events as soon as JFR is initialized, and informs the
 * kernels of changes to recordings.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: static, because event classes are static. All kernels of the class loader share it.
 *   <li>Concurrency: JFR calls this class while it holds its own locks. A call to JFR that takes these locks (register, unregister,
 *       listeners) is made under no lock that such a callback takes. {@link #LIFE} is taken only for opening and closing.
 *   <li>Invariants: the settings of a recording reach {@link TypesControl} before the recording starts, and whenever they change. If
 *       JFR reports the stop of the last recording to this class, the recording has ended by then; some ends are not reported.
 *   <li>Cost: a JVM that never records loads a handful of classes.
 *   <li>Differs from BSD: probes appear and disappear with recordings, and also exist for types that are registered later.
 * </ul>
 */
final class Recorder implements FlightRecorderListener {

    private static final Recorder INSTANCE = new Recorder();

    /** The lock of {@link #open} and {@link #close}. */
    private static final KernelLock LIFE = new KernelLock();

    private static final List<FlightTrace> KERNELS = new CopyOnWriteArrayList<>();

    /** True while the events are registered with JFR. */
    private static volatile boolean registered;

    /** True once an event could not be registered or written. The events of this class loader are never registered again. */
    private static volatile boolean broken;

    private Recorder() {}

    /** Adds a kernel. With the first kernel, starts to listen to JFR, which reports at once if it is initialized already. */
    static void open(FlightTrace kernel) {
        LIFE.lock();
        try {
            KERNELS.add(kernel);
            if (KERNELS.size() == 1) {
                FlightRecorder.addListener(INSTANCE);
            }
        } finally {
            LIFE.unlock();
        }
    }

    /**
     * Removes a kernel. With the last kernel, stops listening to JFR and unregisters the events. Has no effect for a kernel that was
     * removed before.
     */
    static void close(FlightTrace kernel) {
        LIFE.lock();
        try {
            if (KERNELS.remove(kernel) && KERNELS.isEmpty()) {
                FlightRecorder.removeListener(INSTANCE);
                unregister();
            }
        } finally {
            LIFE.unlock();
        }
    }

    /** Returns whether the events are registered. This says nothing about running recordings. */
    static boolean isOpen() {
        return registered;
    }

    /** Returns whether a probe of any type is on. */
    static boolean isProbing() {
        return registered && (Probe.MALLOC.isOn() || Probe.FREE.isOn());
    }

    /** Returns whether one of the two probes is on for a type of that name. */
    static boolean wants(String type) {
        return registered && (Probe.MALLOC.wants(type) || Probe.FREE.wants(type));
    }

    /** Informs all kernels that the set of types with a probe may have changed. Does nothing while the events are not registered. */
    static void changed() {
        if (registered) {
            KERNELS.forEach(FlightTrace::changed);
        }
    }

    /** Delivers a line to the operator of each kernel. */
    static void say(String line) {
        KERNELS.forEach(kernel -> kernel.say(line));
    }

    /**
     * Ends the probes of all kernels, because an event could not be registered or written, and so none can. Only the first call has an
     * effect.
     *
     * @param why the error; its message names the missing class
     */
    static void fail(LinkageError why) {
        if (!broken) {
            broken = true;
            String line = Messages.notDelegated(String.valueOf(why.getMessage()).replace('/', '.'));
            KERNELS.forEach(kernel -> kernel.end(line));
            unregister();
            KERNELS.forEach(FlightTrace::changed);
        }
    }

    @Override
    public void recorderInitialized(FlightRecorder recorder) {
        if (broken) {
            return;
        }
        try {
            events().forEach(FlightRecorder::register);
            Probe.BOTH.forEach(Probe::registered);
            registered = true;
        } catch (LinkageError hidden) {
            fail(hidden);
        }
        changed();
    }

    @Override
    public void recordingStateChanged(Recording recording) {
        changed();
    }

    private static void unregister() {
        if (registered) {
            registered = false;
            Probe.BOTH.forEach(Probe::unregistered);
            events().forEach(FlightRecorder::unregister);
        }
    }

    private static List<Class<? extends Event>> events() {
        return List.of(
                MallocEvent.class,
                FreeEvent.class,
                TypeRegisterEvent.class,
                TypeUnregisterEvent.class,
                LeakOnDestroyEvent.class,
                MemGuardHitEvent.class,
                RedZoneCorruptionEvent.class,
                PanicEvent.class);
    }
}
