package malloc9.trace;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Recording;
import malloc9.vm.KernelLock;

/**
 * What JFR knows of the kernels of this class loader: their events, registered as soon as there is a recorder, and who is told of
 * recordings.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: static, as event classes are; several kernels share them.
 *   <li>Concurrency: JFR calls in under its own locks. A call out to JFR that takes them (register, unregister, listeners) is made under
 *       none that a call in takes: {@link #LIFE} is for opening and closing only.
 *   <li>Invariants: a recording's settings reach {@link TypesControl} before it has started, and whenever they change; that the last one
 *       has stopped is told here, afterwards.
 *   <li>Cost: a JVM that never records loads a handful of classes.
 *   <li>Differs from BSD: probes come and go with recordings, and are there for types that are registered later.
 * </ul>
 */
final class Recorder implements FlightRecorderListener {

    private static final Recorder INSTANCE = new Recorder();

    /** Opens and closes. */
    private static final KernelLock LIFE = new KernelLock();

    private static final List<FlightTrace> KERNELS = new CopyOnWriteArrayList<>();

    /** Whether the events are registered. */
    private static volatile boolean registered;

    /** Whether events cannot be written. */
    private static volatile boolean broken;

    private Recorder() {}

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

    /** Whether there is somebody to tell events to. */
    static boolean isOpen() {
        return registered;
    }

    /** Whether a probe of any type is on. */
    static boolean isProbing() {
        return registered && (Probe.MALLOC.isOn() || Probe.FREE.isOn());
    }

    static boolean wants(String type) {
        return registered && (Probe.MALLOC.wants(type) || Probe.FREE.wants(type));
    }

    /** What is wanted may have changed. */
    static void changed() {
        if (registered) {
            KERNELS.forEach(FlightTrace::changed);
        }
    }

    static void say(String line) {
        KERNELS.forEach(kernel -> kernel.say(line));
    }

    /** An event could not be written, and so none can. */
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
