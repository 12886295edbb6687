package malloc9.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import malloc9.api.sysctl.Errno;
import malloc9.api.sysctl.Knob;
import malloc9.api.sysctl.KnobType;
import malloc9.api.sysctl.Sysctl;
import malloc9.api.sysctl.SysctlFailed;
import malloc9.sysctl.Oid;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/** The comparison of what loader.conf asks for with what the booted kernel has. */
final class LoaderConfCheck {

    /** The node whose tunables mbuf declares when it is loaded. */
    private static final String OF_DRIVERS = "kern.ipc.";

    /** Parses any number of 64 bits. */
    private static final Oid NUMBER = Oid.longInteger("number", 0, "");

    private LoaderConfCheck() {}

    /**
     * Returns one warning for each line that has no effect, or another one than it says.
     *
     * @param properties the framework's properties, which win over the file
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

    /** A text may be completed, as a path is; none at all has a warning of its own. */
    private static @Nullable String textComplaint(String value, String used, String place) {
        boolean same = used.isEmpty() || used.endsWith(value) || used.equalsIgnoreCase(value);
        return same ? null : Messages.replaced(place, used);
    }

    private static @Nullable String numberComplaint(Knob knob, String value, String used, String place) {
        Long wanted = NUMBER.number(name -> value);
        if (wanted == null) {
            return Messages.notANumber(place);
        }
        Long effective = NUMBER.number(name -> used);
        boolean computed = wanted == 0 && NUMBER.number(name -> knob.standard()) == null;
        // Sizes are rounded to pages.
        long tolerance = knob.unit().equals("bytes") ? PageSource.SUPERPAGE - 1 : 0;
        boolean same =
                effective != null && (wanted < 0) == (effective < 0) && Math.abs(wanted - effective) <= tolerance;
        return same || computed ? null : Messages.replaced(place, used);
    }
}
