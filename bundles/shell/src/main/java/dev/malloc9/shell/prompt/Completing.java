package dev.malloc9.shell.prompt;

import java.util.Collection;
import java.util.List;

/** A command that proposes completions for its arguments. */
public interface Completing {

    /**
     * Returns the words that may stand at the cursor. The caller selects the words that begin with the typed text and need no quotes. This
     * method is not called for a word that begins with a hyphen or has a slash.
     *
     * @param arguments the words between the command and the word at the cursor, with the options among them
     */
    Collection<String> candidates(List<String> arguments);
}
