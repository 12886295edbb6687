package malloc9.shell.prompt;

import java.util.Collection;
import java.util.List;

/** A command that knows what its arguments may be. */
public interface Completing {

    /**
     * The words that may stand where the cursor is; which of them begin as typed is seen to elsewhere.
     *
     * @param arguments what stands between the command and the cursor's word
     */
    Collection<String> candidates(List<String> arguments);
}
