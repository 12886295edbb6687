package dev.malloc9.sysctl;

import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.KnobType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Converts values between Java, bytes in the host's byte order, and the text form of sysctl(8). */
final class Values {

    /** The largest number of bytes of a structure that are shown. */
    private static final int DUMPED = 16;

    private static final long UINT_MAX = 0xFFFF_FFFFL;

    private Values() {}

    /**
     * Returns a handler of a number (sysctl_handle_int and similar). A new value that is too short fails with EINVAL; bytes after the
     * number are ignored. A write also calls {@code get}.
     *
     * @param set sets the number; returns false if the value is not valid
     */
    static Handler number(KnobType type, LongSupplier get, LongPredicate set) {
        return request -> {
            int error = request.out(ofNumber(type, get.getAsLong()));
            if (error != 0 || !request.writes()) {
                return error;
            }
            byte[] bytes = new byte[size(type)];
            error = request.in(bytes);
            return error == 0 && !set.test(toNumber(type, ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder())))
                    ? Errno.EINVAL.number()
                    : error;
        };
    }

    /** Returns a handler of a text that cannot be written. */
    static Handler text(Supplier<String> get) {
        return request -> request.out(ofText(get.get()));
    }

    /**
     * Returns a handler of a text in a buffer of the given size (sysctl_handle_string).
     *
     * @param size the size of the buffer in bytes, with the NUL; a new text without room for the NUL fails with EINVAL
     * @param set sets the text; returns false if the value is not valid
     */
    static Handler text(int size, Supplier<String> get, Predicate<String> set) {
        return request -> {
            int error = request.out(ofText(get.get()));
            if (error != 0 || !request.writes()) {
                return error;
            }
            int length = request.pending();
            if (length >= size) {
                return Errno.EINVAL.number();
            }
            byte[] bytes = new byte[length];
            error = request.in(bytes);
            return error == 0 && !set.test(toText(bytes)) ? Errno.EINVAL.number() : error;
        };
    }

    /** Returns a text in UTF-8 with a NUL at the end. */
    static byte[] ofText(String text) {
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the 4 or 8 bytes of a number. A number that exceeds 4 bytes is truncated. */
    static byte[] ofNumber(KnobType type, long number) {
        ByteBuffer buffer = ByteBuffer.allocate(size(type)).order(ByteOrder.nativeOrder());
        return (size(type) == Integer.BYTES ? buffer.putInt((int) number) : buffer.putLong(number)).array();
    }

    /**
     * Returns the bytes of a value that a user has written as text. A text has no NUL at its end.
     *
     * @return the bytes, or null if the text is not a value of the type; always null for OPAQUE
     */
    static byte @Nullable [] parse(KnobType type, String text) {
        if (type == KnobType.STRING) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        Long number = type == KnobType.OPAQUE ? null : Numbers.parse(text);
        return number == null || !number.equals(saturate(type, number)) ? null : ofNumber(type, number);
    }

    /**
     * Returns the number that a text of a boot environment stands for. A number outside the type is replaced with the nearest one of the
     * type.
     *
     * @return the number; null if the text is not a number, or is negative and the type is unsigned
     */
    static @Nullable Long number(KnobType type, String text) {
        Long number = Numbers.parse(text);
        return number == null ? null : saturate(type, number);
    }

    /** Returns the number of the type that is nearest to the given one; null if that is negative and the type is unsigned. */
    private static @Nullable Long saturate(KnobType type, long number) {
        return switch (type) {
            case INT -> Long.valueOf(Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case UINT -> number < 0 ? null : Long.valueOf(Math.min(number, UINT_MAX));
            case ULONG -> number < 0 ? null : Long.valueOf(number);
            case NODE, STRING, QUAD, OPAQUE, LONG -> Long.valueOf(number);
        };
    }

    /** Returns a value in the text form of sysctl(8), by the knob's format. */
    static String show(Knob knob, byte[] value) {
        boolean unsigned = knob.format().endsWith("U");
        return switch (knob.format().charAt(0)) {
            case 'A' -> toText(value);
            case 'I' -> numbers(unsigned ? KnobType.UINT : KnobType.INT, value);
            case 'L', 'Q' -> numbers(unsigned ? KnobType.ULONG : KnobType.LONG, value);
            default -> dump(knob.format(), value);
        };
    }

    /** Returns all numbers of a value, separated by blanks. Bytes that are not a whole number at the end are left out. */
    private static String numbers(KnobType type, byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
        StringBuilder shown = new StringBuilder();
        while (buffer.remaining() >= size(type)) {
            long number = toNumber(type, buffer);
            shown.append(shown.isEmpty() ? "" : " ")
                    .append(type == KnobType.ULONG ? Long.toUnsignedString(number) : Long.toString(number));
        }
        return shown.toString();
    }

    private static String dump(String format, byte[] value) {
        return "Format:" + format + " Length:" + value.length + " Dump:0x"
                + HexFormat.of().formatHex(value, 0, Math.min(value.length, DUMPED))
                + (value.length > DUMPED ? "..." : "");
    }

    /** Returns the text up to the first NUL, or the whole value if it has none. */
    private static String toText(byte[] value) {
        int length = 0;
        while (length < value.length && value[length] != 0) {
            length++;
        }
        return new String(value, 0, length, StandardCharsets.UTF_8);
    }

    private static long toNumber(KnobType type, ByteBuffer from) {
        return switch (type) {
            case INT -> from.getInt();
            case UINT -> Integer.toUnsignedLong(from.getInt());
            case NODE, STRING, QUAD, OPAQUE, LONG, ULONG -> from.getLong();
        };
    }

    private static int size(KnobType type) {
        return type == KnobType.INT || type == KnobType.UINT ? Integer.BYTES : Long.BYTES;
    }
}
