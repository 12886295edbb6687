package malloc9.malloc.statsfile;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A type's name as a stream has it: at most 31 bytes of UTF-8, which never end inside a character. */
final class StreamName {

    private static final int LONGEST = (int) Layout.NAME_BYTES - 1;

    private StreamName() {}

    static byte[] of(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, LONGEST);
        while (length > 0 && length < bytes.length && (bytes[length] & 0xC0) == 0x80) {
            length--;
        }
        return Arrays.copyOf(bytes, length);
    }
}
