package dev.malloc9.trace;

import java.util.List;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import org.jspecify.annotations.Nullable;

/** A probe, malloc or free, that knows whether it is on, and for which types. */
final class Probe {

    static final Probe MALLOC = new Probe(MallocEvent.class, "malloc9.Malloc#types");
    static final Probe FREE = new Probe(FreeEvent.class, "malloc9.Free#types");

    static final List<Probe> BOTH = List.of(MALLOC, FREE);

    private final Class<? extends Event> event;
    private final String setting;

    private volatile Globs types = Globs.ALL;

    /** JFR's description of the event; null while the event is not registered. */
    private volatile @Nullable EventType eventType;

    private Probe(Class<? extends Event> event, String setting) {
        this.event = event;
        this.setting = setting;
    }

    /** Records that the event is registered with JFR. */
    void registered() {
        eventType = EventType.getEventType(event);
    }

    /** Records that the event is no longer registered with JFR. */
    void unregistered() {
        eventType = null;
    }

    Globs types() {
        return types;
    }

    /**
     * Sets the types, and informs all kernels. If a probe that is on gets no glob, the operator is told.
     *
     * @param wanted the globs of all recordings together, separated by commas
     */
    void types(String wanted) {
        types = Globs.of(wanted);
        if (types.isEmpty() && isOn()) {
            Recorder.say(Messages.noGlob(setting, wanted));
        }
        Recorder.changed();
    }

    /** Returns whether a running recording has enabled the event, for any type. */
    boolean isOn() {
        EventType known = eventType;
        return known != null && known.isEnabled();
    }

    /** Returns whether the probe is on for a type of that name. */
    boolean wants(String type) {
        return isOn() && types.match(type);
    }
}
