package malloc9.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import malloc9.api.sysctl.Errno;
import malloc9.api.sysctl.Knob;
import malloc9.api.sysctl.Sysctl;
import malloc9.api.sysctl.SysctlFailed;
import org.jspecify.annotations.Nullable;

/**
 * Sets the knobs of one kernel to what a configuration says, one by one as {@code sysctl -f} does: what is refused keeps no other
 * from being set.
 *
 * <p>A knob that the configuration no longer names goes back to what it was before. A name that nobody knows waits: its driver may
 * come. Used under its owner's lock.
 */
final class Settings {

    /**
     * What became of a configuration: names, and what is said of each.
     *
     * @param refused what cannot be set so
     * @param waiting what is not there
     */
    record Outcome(SortedMap<String, String> refused, SortedMap<String, String> waiting) {}

    private final Sysctl sysctl;

    /** What knobs were before a configuration named them. */
    private final Map<String, String> before = new HashMap<>();

    /** What was written to knobs that are no settings: their values do not show it. */
    private final Map<String, String> written = new HashMap<>();

    Settings(Sysctl sysctl) {
        this.sysctl = sysctl;
    }

    /** Sets all knobs of a configuration that have another value. */
    Outcome set(Map<String, String> configuration) {
        Outcome outcome = new Outcome(new TreeMap<>(), new TreeMap<>());
        List.copyOf(before.keySet()).stream()
                .filter(name -> !configuration.containsKey(name))
                .forEach(this::restore);
        written.keySet().retainAll(configuration.keySet());
        configuration.forEach((name, value) -> {
            try {
                set(name, value);
            } catch (SysctlFailed failed) {
                (failed.errno() == Errno.ENOENT ? outcome.waiting : outcome.refused)
                        .put(name, Texts.line(String.valueOf(failed.getMessage())));
            }
        });
        return outcome;
    }

    /** Sets a knob, now; true if the value is to be kept. */
    boolean set(String name, String value) {
        Knob knob = sysctl.knob(name);
        if (knob.isSetting()) {
            String now = sysctl.readText(name);
            if (!now.equals(value)) {
                sysctl.writeText(name, value);
            }
            before.putIfAbsent(name, now);
        } else if (!value.equals(written.get(name))) {
            sysctl.writeText(name, value);
            written.put(name, value);
        }
        return knob.isSetting();
    }

    private void restore(String name) {
        @Nullable String former = before.remove(name);
        try {
            if (former != null && !former.equals(sysctl.readText(name))) {
                sysctl.writeText(name, former);
            }
        } catch (SysctlFailed stays) {
            // Its driver is gone, or it can only be raised: then the kernel's next boot is what brings it back.
            written.remove(name);
        }
    }
}
