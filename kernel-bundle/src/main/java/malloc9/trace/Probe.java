package malloc9.trace;

import java.util.List;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import org.jspecify.annotations.Nullable;

/** One of the two probes of every type: whether it is on, and for which types. */
final class Probe {

    static final Probe MALLOC = new Probe(MallocEvent.class, "malloc9.Malloc#types");
    static final Probe FREE = new Probe(FreeEvent.class, "malloc9.Free#types");

    static final List<Probe> BOTH = List.of(MALLOC, FREE);

    private final Class<? extends Event> event;
    private final String setting;

    private volatile Globs types = Globs.ALL;

    /** JFR's, while the event is registered. */
    private volatile @Nullable EventType eventType;

    private Probe(Class<? extends Event> event, String setting) {
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
