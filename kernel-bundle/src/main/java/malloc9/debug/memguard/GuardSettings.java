package malloc9.debug.memguard;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What the operator wants guarded; changed as a whole, at any time.
 *
 * @param desc names of types, with commas between them; {@code *} and {@code ?} stand for any characters and any one (vm.memguard.desc)
 * @param minSize what is smaller is not guarded (vm.memguard.minsize)
 * @param frequency how many of 100,000 requests are guarded, whatever their type (vm.memguard.frequency)
 * @param options {@link #GUARD}, {@link #ALL_LARGE} (vm.memguard.options)
 * @param sampleMillis milliseconds from one sampled block to the next, 0 for none (vm.memguard.sample_interval)
 */
public record GuardSettings(String desc, long minSize, int frequency, int options, int sampleMillis) {

    /** Holes on both sides of the pages (MG_GUARD_AROUND). */
    public static final int GUARD = 1;

    /** Every request of an OS page or more (MG_GUARD_ALLLARGE). */
    public static final int ALL_LARGE = 2;

    /** Bytes of a desc, with its NUL. */
    public static final int DESC_SIZE = 128;

    /** What {@link #frequency} is a share of. */
    public static final int CERTAIN = 100_000;

    /** What nobody has set: nothing is guarded. */
    public static final GuardSettings STANDARD = new GuardSettings("", 0, 0, GUARD, 0);

    /** The same with another desc. */
    public GuardSettings withDesc(String other) {
        return new GuardSettings(other, minSize, frequency, options, sampleMillis);
    }

    GuardSettings withMinSize(long other) {
        return new GuardSettings(desc, other, frequency, options, sampleMillis);
    }

    /** The same with another frequency. */
    public GuardSettings withFrequency(int other) {
        return new GuardSettings(desc, minSize, other, options, sampleMillis);
    }

    /** The same with other options. */
    public GuardSettings withOptions(int other) {
        return new GuardSettings(desc, minSize, frequency, other, sampleMillis);
    }

    /** The same with another interval. */
    public GuardSettings withSampleMillis(int other) {
        return new GuardSettings(desc, minSize, frequency, options, other);
    }

    /** Whether blocks get holes around them. */
    boolean guardsAround() {
        return (options & GUARD) != 0;
    }

    /** Whether large requests are guarded, whatever their type. */
    boolean guardsLarge() {
        return (options & ALL_LARGE) != 0;
    }

    /** Whether anything is. */
    boolean guardsAnything() {
        return !desc.isEmpty() || frequency > 0 || guardsLarge() || sampleMillis > 0;
    }

    /** What tells whether a type's name is meant by {@link #desc}. */
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
