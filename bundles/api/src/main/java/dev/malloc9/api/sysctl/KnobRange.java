package dev.malloc9.api.sysctl;

import java.util.List;

/**
 * The range of values that a knob accepts.
 *
 * @param min the smallest number; for a text, the fewest bytes
 * @param max the largest number; for a text, the most bytes without the NUL
 * @param choices the only accepted texts, in any case; empty if every text is accepted
 */
public record KnobRange(long min, long max, List<String> choices) {

    private static final long UINT_MAX = 0xFFFF_FFFFL;

    /**
     * Creates a range of numbers, or of lengths of a text in bytes.
     *
     * @param min the smallest number, or the fewest bytes of a text
     * @param max the largest number, or the most bytes of a text without the NUL
     */
    public KnobRange(long min, long max) {
        this(min, max, List.of());
    }

    /**
     * {@return the range of a text that must be one of the choices}
     *
     * @param choices the accepted texts; case is ignored, and without choices every text is accepted
     */
    public static KnobRange of(String... choices) {
        return new KnobRange(0, Integer.MAX_VALUE, List.of(choices));
    }

    /**
     * {@return the range of all values of a type} The range of an unsigned 64-bit number ends at {@link Long#MAX_VALUE}.
     *
     * @param type the type; NODE and OPAQUE, which accept no value, have the range 0 to 0
     */
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

    /**
     * {@return whether a number is between the bounds, both inclusive}
     *
     * @param number the number, or the length of a text in bytes without the NUL
     */
    public boolean contains(long number) {
        return min <= number && number <= max;
    }

    /**
     * {@return whether a text is one of the choices, ignoring case, or there are no choices}
     *
     * @param text the text without the NUL; its length is not checked
     */
    public boolean allows(String text) {
        return choices.isEmpty() || choices.stream().anyMatch(text::equalsIgnoreCase);
    }
}
