package dev.malloc9.config;

import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.sysctl.SysctlFailed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sets the knobs of one kernel to the values of a configuration, one by one as {@code sysctl -f} does. A value that is refused, or whose
 * driver throws an exception, does not keep other values from being set.
 *
 * <p>If the configuration no longer names a setting ({@link Knob#isSetting}), the knob gets the value that it had before the configuration
 * named it. A value of an unknown knob waits, because a driver may add the knob later. The owner's lock guards all methods.
 */
final class Settings {

    /**
     * The result of setting a configuration: names of knobs, each with a message.
     *
     * @param refused the values that the kernel refuses
     * @param waiting the knobs that do not exist
     */
    record Outcome(SortedMap<String, String> refused, SortedMap<String, String> waiting) {}

    private final Sysctl sysctl;

    /** The values that settings had before the configuration named them, by the name of the knob. */
    private final Map<String, String> before = new HashMap<>();

    /** The last values that were written to knobs that are not settings. Reading such a knob may not return the written value. */
    private final Map<String, String> written = new HashMap<>();

    Settings(Sysctl sysctl) {
        this.sysctl = sysctl;
    }

    /** Sets all knobs of a configuration that have another value, and restores the settings that it no longer names. */
    Outcome set(Map<String, String> configuration) {
        Outcome outcome = new Outcome(new TreeMap<>(), new TreeMap<>());
        List.copyOf(before.keySet()).stream()
                .filter(name -> !configuration.containsKey(name))
                .forEach(this::restore);
        written.keySet().retainAll(configuration.keySet());
        configuration.forEach((name, value) -> {
            try {
                apply(name, value);
            } catch (SysctlFailed failed) {
                (failed.errno() == Errno.ENOENT ? outcome.waiting : outcome.refused)
                        .put(name, Texts.line(String.valueOf(failed.getMessage())));
            } catch (RuntimeException thrown) {
                outcome.refused.put(name, Texts.threw(name, thrown));
            }
        });
        return outcome;
    }

    /**
     * Sets a knob at an operator's request. A knob that is not a setting is written in any case: writing it is an act, and each request
     * means one.
     *
     * @return true if the value is to be kept, because the knob is a setting
     * @throws SysctlFailed if the kernel refuses the value, or has no such knob
     */
    boolean write(String name, String value) {
        boolean setting = sysctl.knob(name).isSetting();
        if (setting) {
            set(name, value);
        } else {
            act(name, value);
        }
        return setting;
    }

    /**
     * Sets a knob if it has another value. A knob that is not a setting is written if the last value that was written here is another one.
     * That value is forgotten when a configuration without the knob is set.
     */
    private void apply(String name, String value) {
        if (sysctl.knob(name).isSetting()) {
            set(name, value);
        } else if (!value.equals(written.get(name))) {
            act(name, value);
        }
    }

    private void set(String name, String value) {
        String now = sysctl.readText(name);
        if (!now.equals(value)) {
            sysctl.writeText(name, value);
        }
        before.putIfAbsent(name, now);
    }

    private void act(String name, String value) {
        sysctl.writeText(name, value);
        written.put(name, value);
    }

    private void restore(String name) {
        @Nullable String former = before.remove(name);
        try {
            if (former != null && !former.equals(sysctl.readText(name))) {
                sysctl.writeText(name, former);
            }
        } catch (RuntimeException stays) {
            // The knob's driver is gone or throws, or the knob can only be raised. In the last case, the knob has its
            // former value
            // again after the kernel's next boot.
            written.remove(name);
        }
    }
}
