package malloc9.sysctl;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Names in fields of a fixed size, as the statistics streams have them. */
public final class Truncated {

    private Truncated() {}

    /** The name in UTF-8, cut off between two characters where it is too long, and filled up with at least one NUL. */
    public static byte[] name(String name, int fieldBytes) {
        byte[] field = new byte[fieldBytes];
        StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(CharBuffer.wrap(name), ByteBuffer.wrap(field, 0, fieldBytes - 1), true);
        return field;
    }
}
