package malloc9.trace;

import jdk.jfr.Event;
import jdk.jfr.EventType;
import org.jspecify.annotations.Nullable;

/** The two probes of every type: whether each is on, and for which types. */
enum Probe {
    MALLOC(MallocEvent.class, "malloc9.Malloc#types"),
    FREE(FreeEvent.class, "malloc9.Free#types");

    private final Class<? extends Event> event;
    private final String setting;

    private volatile Globs types = Globs.ALL;

    /** JFR's, while the event is registered. */
    private volatile @Nullable EventType eventType;

    Probe(Class<? extends Event> event, String setting) {
        this.event = event;
        this.setting = setting;
    }

    /** The event is registered now. */
    void registered() {
        eventType = EventType.getEventType(event);
    }

    /** The event is not registered any more. */
    void unregistered() {
        eventType = null;
    }

    Globs types() {
        return types;
    }

    /** What all recordings together say. */
    void types(String wanted) {
        types = Globs.of(wanted);
        if (types.isEmpty() && isOn()) {
            Recorder.say(Messages.noGlob(setting, wanted));
        }
        Recorder.changed();
    }

    /** Whether a recording wants it for any type. */
    boolean isOn() {
        EventType known = eventType;
        return known != null && known.isEnabled();
    }

    boolean wants(String type) {
        return isOn() && types.match(type);
    }
}
