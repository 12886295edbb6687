package malloc9.kernel;

import static malloc9.malloc.Messages.printable;

import java.io.IOException;
import java.nio.file.Path;
import malloc9.api.sysctl.Knob;

/** What this layer says of its boot environment, in one place. */
final class Messages {

    private Messages() {}

    static String badLine(String file, int number, String line) {
        return file + ":" + number + ": ignored, not NAME=\"VALUE\": " + printable(line);
    }

    static String noLoaderConf(Path file) {
        return file + ": no such file; no tunable is taken from it";
    }

    static String unreadableLoaderConf(Path file, IOException why) {
        return file + ": cannot be read (" + why + "); no tunable is taken from it";
    }

    static String notANumber(Knob knob, String value) {
        return "tunable " + knob.name() + " is ignored: not a number: " + printable(value);
    }

    static String knobRefused(String name, String why) {
        return "a driver's knob " + printable(name) + " is left out: " + printable(why);
    }

    static final String WRITABLE_STRUCTURE = "a structure can only be read";

    static final String NOT_A_NAME = "not letters, digits, _, % and - with dots between them";

    static String notPrintable(String text) {
        return "it has what cannot be printed: " + printable(text);
    }

    static String noNumber(Knob knob) {
        return "its type " + knob.type() + " is no number";
    }
}
