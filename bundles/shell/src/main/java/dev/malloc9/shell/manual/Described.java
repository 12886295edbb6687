package dev.malloc9.shell.manual;

import java.util.Map;

/**
 * A command that returns its own options. {@link Command} reads the options of any other command from a method {@code options()} and from
 * the annotations of parameters.
 */
public interface Described {

    /** Returns the description of each option by its name, for example {@code -o}. */
    Map<String, String> options();
}
