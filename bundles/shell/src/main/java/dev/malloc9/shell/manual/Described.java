package dev.malloc9.shell.manual;

import java.util.Map;

/** A command that returns its own options. The options of any other command are read from the annotations of its methods. */
public interface Described {

    /** Returns the description of each option by its name, for example {@code -o}. */
    Map<String, String> options();
}
