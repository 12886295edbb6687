package malloc9.shell;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The words behind a command. */
final class Words {

    private Words() {}

    /** Those that are there: Gogo hands in a variable that is not set as null, and a Unix shell does not hand it in. */
    static String[] there(@Nullable String[] given) {
        return Arrays.stream(given).filter(Objects::nonNull).toArray(String[]::new);
    }
}
