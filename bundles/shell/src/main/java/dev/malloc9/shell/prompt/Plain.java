package dev.malloc9.shell.prompt;

import java.util.Map;
import org.apache.felix.service.command.CommandSession;

/** Turns off the colours of the output of a session, for a session whose output is read by programs. */
public final class Plain {

    /**
     * The session's variables that turn off the colours of Gogo's grep and ls. These commands colour their output unless the variables give
     * no part a colour.
     */
    private static final Map<String, String> NO_COLOURS = Map.of("GREP_COLORS", "mt=:fn=:ln=:se=", "LS_COLORS", "rs=");

    private Plain() {}

    /** Sets the variables that turn off the colours of the session's grep and ls. */
    public static void makePlain(CommandSession session) {
        NO_COLOURS.forEach(session::put);
    }
}
