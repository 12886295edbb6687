package dev.malloc9.sysctl;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Writes names into fields of a fixed size, as the statistics streams have them. */
public final class Truncated {

    private Truncated() {}

    /**
     * Returns a field with a name in UTF-8, padded with at least one NUL. A name that is too long is cut off between two characters. A lone
     * surrogate becomes a question mark.
     *
     * @param fieldBytes the size of the field in bytes, at least 1
     */
    public static byte[] name(String name, int fieldBytes) {
        byte[] field = new byte[fieldBytes];
        StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(CharBuffer.wrap(name), ByteBuffer.wrap(field, 0, fieldBytes - 1), true);
        return field;
    }
}
