package dev.malloc9.shell.prompt;

import java.util.Collection;
import java.util.List;

/** A command that proposes completions for its arguments. */
public interface Completing {

    /**
     * Returns the words that may stand at the cursor. The caller selects the words that begin with the typed text.
     *
     * @param arguments the words between the command and the word at the cursor
     */
    Collection<String> candidates(List<String> arguments);
}
