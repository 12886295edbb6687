package dev.malloc9.shell.prompt;

import java.util.Map;
import org.apache.felix.service.command.CommandSession;

/** Turns off the colours of a session if programs read its output. */
public final class Plain {

    /** The session's variables that turn off colours. Gogo's commands colour their output unless these variables give no part a colour. */
    private static final Map<String, String> NO_COLOURS = Map.of("GREP_COLORS", "mt=:fn=:ln=:se=", "LS_COLORS", "rs=");

    private Plain() {}

    /** Sets the variables that turn off the colours of the session's commands. */
    public static void makePlain(CommandSession session) {
        NO_COLOURS.forEach(session::put);
    }
}
