package dev.malloc9.debug.memguard;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The settings that determine which requests are guarded. They are replaced as a whole, at any time.
 *
 * @param desc the names of types, separated by commas; {@code *} stands for any characters and {@code ?} for exactly one; empty for no
 *     type (vm.memguard.desc)
 * @param minSize the smallest size in bytes that is guarded (vm.memguard.minsize)
 * @param frequency the number of guarded requests in 100,000, regardless of their type; 0 for none (vm.memguard.frequency)
 * @param options a combination of {@link #GUARD} and {@link #ALL_LARGE} (vm.memguard.options)
 * @param sampleMillis the time in milliseconds from one sampled block to the next; 0 for no samples (vm.memguard.sample_interval)
 */
public record GuardSettings(String desc, long minSize, int frequency, int options, int sampleMillis) {

    /** The option that puts a hole on each side of a block's pages (MG_GUARD_AROUND). */
    public static final int GUARD = 1;

    /** The option that guards every request of an OS page or more (MG_GUARD_ALLLARGE). */
    public static final int ALL_LARGE = 2;

    /** The largest size of a desc in bytes, including its NUL. */
    public static final int DESC_SIZE = 128;

    /** The total of which {@link #frequency} is a share: at this value, every request is guarded. */
    public static final int CERTAIN = 100_000;

    /** The settings that hold if no knob is set: nothing is guarded. */
    public static final GuardSettings STANDARD = new GuardSettings("", 0, 0, GUARD, 0);

    /** Returns a copy with another desc. */
    public GuardSettings withDesc(String other) {
        return new GuardSettings(other, minSize, frequency, options, sampleMillis);
    }

    GuardSettings withMinSize(long other) {
        return new GuardSettings(desc, other, frequency, options, sampleMillis);
    }

    /** Returns a copy with another frequency. */
    public GuardSettings withFrequency(int other) {
        return new GuardSettings(desc, minSize, other, options, sampleMillis);
    }

    /** Returns a copy with other options. */
    public GuardSettings withOptions(int other) {
        return new GuardSettings(desc, minSize, frequency, other, sampleMillis);
    }

    /** Returns a copy with another sample interval, in milliseconds. */
    public GuardSettings withSampleMillis(int other) {
        return new GuardSettings(desc, minSize, frequency, options, other);
    }

    /** Returns whether blocks get holes around them. */
    boolean guardsAround() {
        return (options & GUARD) != 0;
    }

    /** Returns whether requests of an OS page or more are guarded, regardless of their type. */
    boolean guardsLarge() {
        return (options & ALL_LARGE) != 0;
    }

    /** Returns whether any request may be guarded, samples included. */
    boolean guardsAnything() {
        return !desc.isEmpty() || frequency > 0 || guardsLarge() || sampleMillis > 0;
    }

    /** Returns the patterns of the names in {@link #desc}. Blanks around a name are ignored, and so are empty names. */
    List<Pattern> patterns() {
        return Arrays.stream(desc.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .map(GuardSettings::pattern)
                .toList();
    }

    private static Pattern pattern(String glob) {
        StringBuilder regex = new StringBuilder();
        glob.codePoints()
                .mapToObj(c -> switch (c) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(c));
                })
                .forEach(regex::append);
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
