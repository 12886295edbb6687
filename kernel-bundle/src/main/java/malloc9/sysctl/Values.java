package malloc9.sysctl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import malloc9.api.sysctl.Errno;
import malloc9.api.sysctl.Knob;
import malloc9.api.sysctl.KnobType;
import org.jspecify.annotations.Nullable;

/** Values as bytes, in the host's order, and as sysctl(8) shows them. */
final class Values {

    /** Bytes of a structure that are shown. */
    private static final int DUMPED = 16;

    private static final long UINT_MAX = 0xFFFF_FFFFL;

    private Values() {}

    /** A handler of a number (sysctl_handle_int and its like). */
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

    /** A handler of a text that cannot be written. */
    static Handler text(Supplier<String> get) {
        return request -> request.out(ofText(get.get()));
    }

    /**
     * A handler of a text in a buffer of that size (sysctl_handle_string).
     *
     * @param set sets it; false if the value makes no sense
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

    /** A text with its NUL. */
    static byte[] ofText(String text) {
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }

    static byte[] ofNumber(KnobType type, long number) {
        ByteBuffer buffer = ByteBuffer.allocate(size(type)).order(ByteOrder.nativeOrder());
        return (size(type) == Integer.BYTES ? buffer.putInt((int) number) : buffer.putLong(number)).array();
    }

    /** The bytes of a text that somebody wrote for a knob, or null if it is no value of its type. */
    static byte @Nullable [] parse(KnobType type, String text) {
        if (type == KnobType.STRING) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        Long number = type == KnobType.OPAQUE ? null : Numbers.parse(text);
        return number == null || !number.equals(saturate(type, number)) ? null : ofNumber(type, number);
    }

    /** The number of a boot environment's text, the nearest that the type has; null if it is none. */
    static @Nullable Long number(KnobType type, String text) {
        Long number = Numbers.parse(text);
        return number == null ? null : saturate(type, number);
    }

    /** The nearest number that the type has; null for a negative one where there are none. */
    private static @Nullable Long saturate(KnobType type, long number) {
        return switch (type) {
            case INT -> Long.valueOf(Math.clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case UINT -> number < 0 ? null : Long.valueOf(Math.min(number, UINT_MAX));
            case ULONG -> number < 0 ? null : Long.valueOf(number);
            case NODE, STRING, QUAD, OPAQUE, LONG -> Long.valueOf(number);
        };
    }

    /** As sysctl(8) prints it. */
    static String show(Knob knob, byte[] value) {
        boolean unsigned = knob.format().endsWith("U");
        return switch (knob.format().charAt(0)) {
            case 'A' -> toText(value);
            case 'I' -> numbers(unsigned ? KnobType.UINT : KnobType.INT, value);
            case 'L', 'Q' -> numbers(unsigned ? KnobType.ULONG : KnobType.LONG, value);
            default -> dump(knob.format(), value);
        };
    }

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
