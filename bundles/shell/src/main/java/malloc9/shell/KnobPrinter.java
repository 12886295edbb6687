package malloc9.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import malloc9.api.sysctl.Knob;
import malloc9.api.sysctl.Sysctl;

/**
 * Shows knobs as sysctl(8) does.
 *
 * @param writer sets a knob of a name to a value
 * @param binary raw bytes on the standard output, and no lines
 * @param describe descriptions instead of values
 * @param namesOnly no values
 * @param valuesOnly no names
 */
record KnobPrinter(
        Sysctl sysctl,
        BiConsumer<String, String> writer, boolean binary, boolean describe, boolean namesOnly, boolean valuesOnly) {

    private static final String SEPARATOR = ": ";

    /** The lines about a knob. */
    List<String> show(Knob knob) {
        if (namesOnly) {
            return List.of(knob.name());
        }
        if (describe) {
            return lines(knob.name(), description(knob));
        }
        if (binary) {
            byte[] value = sysctl.read(knob.name());
            // In a session of Gogo this is where the command's output goes, to a pipe or a file as well.
            System.out.write(value, 0, value.length);
            System.out.flush();
            return List.of();
        }
        return lines(knob.name(), sysctl.readText(knob.name()));
    }

    /** Sets a knob, and says what it was and is. */
    List<String> set(String name, String value) {
        String before = sysctl.readText(name);
        writer.accept(name, value);
        return binary ? List.of() : lines(name, before + " -> " + sysctl.readText(name));
    }

    /** A value of several lines begins behind the name, and its last line feed is the shell's own. */
    private List<String> lines(String name, String text) {
        List<String> lines = new ArrayList<>(
                (valuesOnly ? text : name + SEPARATOR + text).lines().toList());
        if (lines.isEmpty()) {
            lines.add("");
        }
        return lines;
    }

    private static String description(Knob knob) {
        List<String> more = new ArrayList<>();
        if (!knob.unit().isEmpty()) {
            more.add("in " + knob.unit());
        }
        if (!knob.bounds().isEmpty()) {
            more.add(knob.bounds());
        }
        if (knob.isTunable()) {
            more.add(knob.isWritable() ? "set now or at boot" : "set at boot");
        } else if (knob.isWritable()) {
            more.add("set now");
        }
        if (!knob.standard().isEmpty()) {
            more.add("default: " + knob.standard());
        }
        return more.isEmpty() ? knob.description() : knob.description() + " (" + String.join("; ", more) + ")";
    }
}
