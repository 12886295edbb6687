package dev.malloc9.kernel;

import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.KnobType;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.sysctl.SysctlFailed;
import dev.malloc9.sysctl.Oid;
import dev.malloc9.vm.PageSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Compares the settings of loader.conf with the values of the booted kernel. */
final class LoaderConfCheck {

    /** The prefix of the tunables that mbuf declares when it is loaded. */
    private static final String OF_DRIVERS = "kern.ipc.";

    /** A knob that parses any number of 64 bits. */
    private static final Oid NUMBER = Oid.longInteger("number", 0, "");

    private LoaderConfCheck() {}

    /**
     * Returns one warning for each setting that has no effect, or an effect other than the requested one. Of several lines with one name,
     * only the last is checked. A setting whose name is also a framework property is left out.
     *
     * @param properties the framework's properties, which take precedence over the file
     */
    static List<String> complaints(LoaderConf conf, Function<String, @Nullable String> properties, Sysctl sysctl) {
        List<String> complaints = new ArrayList<>();
        for (Map.Entry<String, LoaderConf.Setting> line : conf.inOrder()) {
            String name = line.getKey();
            LoaderConf.Setting setting = line.getValue();
            if (properties.apply(name) == null) {
                String place = Messages.place(conf.file(), setting.line(), name, setting.value());
                String complaint = complaint(name, setting.value(), place, sysctl);
                if (complaint != null) {
                    complaints.add(complaint);
                }
            }
        }
        return complaints;
    }

    /**
     * Returns the warning about one setting, or null. An unknown name below {@code kern.ipc.} gives no warning, since mbuf may declare it
     * later.
     *
     * @param place the line, at the beginning of the message
     */
    private static @Nullable String complaint(String name, String value, String place, Sysctl sysctl) {
        Knob knob;
        try {
            knob = sysctl.knob(name);
        } catch (SysctlFailed e) {
            boolean ofDriver = name.startsWith(OF_DRIVERS) && e.errno() == Errno.ENOENT;
            return ofDriver ? null : Messages.noTunable(place);
        }
        if (knob.type() == KnobType.NODE) {
            return Messages.noTunable(place);
        }
        if (!knob.isTunable()) {
            return knob.isWritable() ? Messages.notTunable(place) : Messages.readOnly(place);
        }
        String used = sysctl.readText(name);
        return knob.type() == KnobType.STRING
                ? textComplaint(value.strip(), used, place)
                : numberComplaint(knob, value, used, place);
    }

    /**
     * Returns the warning about a text, or null. The used text may be the requested one with a prefix, as with a path, or in other case. If
     * no text is used, a different part of the kernel has warned.
     */
    private static @Nullable String textComplaint(String value, String used, String place) {
        boolean same = used.isEmpty() || used.endsWith(value) || used.equalsIgnoreCase(value);
        return same ? null : Messages.replaced(place, used);
    }

    /** Returns the warning about a number, or null. A 0 that makes the kernel compute the value gives no warning. */
    private static @Nullable String numberComplaint(Knob knob, String value, String used, String place) {
        Long wanted = NUMBER.number(name -> value);
        if (wanted == null) {
            return Messages.notANumber(place);
        }
        Long effective = NUMBER.number(name -> used);
        boolean computed = wanted == 0 && NUMBER.number(name -> knob.standard()) == null;
        // Sizes may be rounded, by less than a superpage.
        long tolerance = knob.unit().equals("bytes") ? PageSource.SUPERPAGE - 1 : 0;
        boolean same =
                effective != null && (wanted < 0) == (effective < 0) && Math.abs(wanted - effective) <= tolerance;
        return same || computed ? null : Messages.replaced(place, used);
    }
}
