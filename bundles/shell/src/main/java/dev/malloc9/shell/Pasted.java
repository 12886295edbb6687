package dev.malloc9.shell;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address that was found in a pasted text. The text is a number, a message of the kernel, or the JDK's message about an access out of
 * bounds. The JDK's message has the segment's address and the offset of the access; their sum is the address here.
 */
record Pasted(long address) {

    /**
     * The pattern of a hexadecimal number of at most 16 digits, as the kernel and the JDK print addresses. The first match in the text is
     * used.
     */
    private static final Pattern HEX = Pattern.compile("\\b0[xX]([0-9a-fA-F]{1,16})\\b");

    /** The pattern of a decimal address, as older JDKs print it. */
    private static final Pattern DECIMAL = Pattern.compile("\\baddress: ?(\\d{1,19})\\b");

    private static final Pattern OFFSET = Pattern.compile("\\bnew offset = (-?\\d{1,19})\\b");

    private static final Pattern NUMBER = Pattern.compile("^\\s*(\\d{1,19})\\s*$");

    /**
     * Returns the address in the text; empty if there is none. A hexadecimal number comes first, then a decimal number after {@code
     * address:}, then a decimal number that is the whole text. A decimal number above a long is no address.
     *
     * <p>If the text contains the offset of an access, the offset is added to the address.
     */
    static Optional<Pasted> in(String text) {
        Long address = hex(text);
        if (address == null) {
            address = number(DECIMAL, text);
        }
        if (address == null) {
            address = number(NUMBER, text);
        }
        if (address == null) {
            return Optional.empty();
        }
        Long moved = number(OFFSET, text);
        return Optional.of(new Pasted(address + (moved == null ? 0 : moved)));
    }

    private static @Nullable Long hex(String text) {
        Matcher found = HEX.matcher(text);
        return found.find() ? (Long) Long.parseUnsignedLong(found.group(1), 16) : null;
    }

    private static @Nullable Long number(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        try {
            return found.find() ? Long.valueOf(found.group(1)) : null;
        } catch (NumberFormatException tooLarge) {
            return null;
        }
    }
}
