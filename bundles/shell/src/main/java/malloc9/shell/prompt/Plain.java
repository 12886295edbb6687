package malloc9.shell.prompt;

import java.util.Map;
import org.apache.felix.service.command.CommandSession;

/** Text without colours, for programs that read it. */
public final class Plain {

    /** Gogo's commands colour their output unless the session's variables say that no part has a colour. */
    private static final Map<String, String> NO_COLOURS = Map.of("GREP_COLORS", "mt=:fn=:ln=:se=", "LS_COLORS", "rs=");

    private Plain() {}

    /** Keeps the session's commands from colouring. */
    public static void makePlain(CommandSession session) {
        NO_COLOURS.forEach(session::put);
    }
}
