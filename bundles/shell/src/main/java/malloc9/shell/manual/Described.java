package malloc9.shell.manual;

import java.util.Map;

/** A command that knows its options itself; of other commands they are read from the annotations of their methods. */
public interface Described {

    /** Returns the description of each option by its name, for example {@code -o}. */
    Map<String, String> options();
}
