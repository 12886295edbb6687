package malloc9.api.sysctl;

import java.util.List;

/**
 * What values a knob takes.
 *
 * @param min the least number; of a text the fewest bytes
 * @param max the largest number; of a text the most bytes
 * @param choices the only texts there are, in whatever case; empty if others will do
 */
public record KnobRange(long min, long max, List<String> choices) {

    private static final long UINT_MAX = 0xFFFF_FFFFL;

    /** Numbers, or lengths of a text. */
    public KnobRange(long min, long max) {
        this(min, max, List.of());
    }

    /** These texts. */
    public static KnobRange of(String... choices) {
        return new KnobRange(0, Integer.MAX_VALUE, List.of(choices));
    }

    /** All that a type has room for; numbers of 64 bits without a sign end where those with one do. */
    public static KnobRange of(KnobType type) {
        return switch (type) {
            case INT -> new KnobRange(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case UINT -> new KnobRange(0, UINT_MAX);
            case LONG, QUAD -> new KnobRange(Long.MIN_VALUE, Long.MAX_VALUE);
            case ULONG -> new KnobRange(0, Long.MAX_VALUE);
            case STRING -> new KnobRange(0, Integer.MAX_VALUE);
            case NODE, OPAQUE -> new KnobRange(0, 0);
        };
    }

    /** Whether a number, or the length of a text, is none too many and none too few. */
    public boolean contains(long number) {
        return min <= number && number <= max;
    }

    /** Whether a text is one of the choices, or there are none. */
    public boolean allows(String text) {
        return choices.isEmpty() || choices.stream().anyMatch(text::equalsIgnoreCase);
    }
}
