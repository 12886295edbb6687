package dev.malloc9.memstat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes the names of streams, which are UTF-8 in {@link MemoryType#MAXNAME} bytes with zeros after the end, and cuts names in the
 * same way.
 */
final class Name {

    private Name() {}

    static String cut(String name) {
        int end = name.indexOf('\0');
        byte[] bytes = (end < 0 ? name : name.substring(0, end)).getBytes(StandardCharsets.UTF_8);
        return decode(Arrays.copyOf(bytes, Math.min(bytes.length, MemoryType.MAXNAME - 1)));
    }

    /** Returns the text of a name. Invalid UTF-8 is replaced by U+FFFD. If the last character is cut, it is left out. */
    static String decode(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        CharBuffer text = CharBuffer.allocate(bytes.length);
        // The end of the input is not announced, since the decoder would then replace the cut character.
        decoder.decode(ByteBuffer.wrap(bytes), text, false);
        return text.flip().toString();
    }
}
