package malloc9.trace;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Globs name types: several with commas between them, {@code *} for any characters, {@code ?} for any one, everything else for itself.
 *
 * <p>A match takes at most the product of both lengths, whatever the globs.
 */
record Globs(List<String> globs) {

    /** All types. */
    static final Globs ALL = new Globs(List.of("*"));

    /** What a setting says; blanks around a glob do not count. */
    static Globs of(String text) {
        return new Globs(Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(glob -> !glob.isEmpty())
                .distinct()
                .toList());
    }

    /** What any of the settings mean, as one. */
    static Globs union(Set<String> settings) {
        Set<String> all = new TreeSet<>();
        settings.forEach(setting -> all.addAll(of(setting).globs));
        return new Globs(List.copyOf(all));
    }

    /** Whether they name nothing. */
    boolean isEmpty() {
        return globs.isEmpty();
    }

    /** Whether one of them means a type of that name. */
    boolean match(String name) {
        for (String glob : globs) {
            if (matches(glob, name)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return String.join(",", globs);
    }

    /** Goes back to the last star only: what an earlier one took need not be more. */
    private static boolean matches(String glob, String name) {
        int at = 0;
        int star = -1;
        int taken = 0;
        for (int i = 0; i < name.length(); ) {
            char wanted = at < glob.length() ? glob.charAt(at) : 0;
            if (at < glob.length() && wanted == '*') {
                star = at++;
                taken = i;
            } else if (at < glob.length() && (wanted == '?' || wanted == name.charAt(i))) {
                at++;
                i++;
            } else if (star >= 0) {
                at = star + 1;
                i = ++taken;
            } else {
                return false;
            }
        }
        while (at < glob.length() && glob.charAt(at) == '*') {
            at++;
        }
        return at == glob.length();
    }
}
