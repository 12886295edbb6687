package dev.malloc9.trace;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The globs that select types by name. A setting has several, separated by commas. In a glob, {@code *} stands for any characters, also
 * none, and {@code ?} for exactly one. Every other character stands for itself.
 *
 * <p>The time of a match is at most proportional to the product of the lengths of glob and name, for any glob.
 */
record Globs(List<String> globs) {

    /** The globs that match all types. */
    static final Globs ALL = new Globs(List.of("*"));

    /** Parses a setting. Blanks around a glob, empty globs and duplicates are ignored. */
    static Globs of(String text) {
        return new Globs(Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(glob -> !glob.isEmpty())
                .distinct()
                .toList());
    }

    /** Returns the union of the globs of several settings. */
    static Globs union(Set<String> settings) {
        Set<String> all = new TreeSet<>();
        settings.forEach(setting -> all.addAll(of(setting).globs));
        return new Globs(List.copyOf(all));
    }

    /** Returns whether there is no glob; {@link #match} then returns false for every name. */
    boolean isEmpty() {
        return globs.isEmpty();
    }

    /** Returns whether one of the globs matches a name. */
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

    /**
     * Matches a glob against a name. On a mismatch, only the last star takes one more character: an earlier star never needs to take more.
     */
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
