package dev.malloc9.sysctl;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RW;

import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.KnobRange;
import dev.malloc9.api.sysctl.KnobType;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of a knob, beside the variable that it shows: name, access, type and the only description of it (SYSCTL_OID, TUNABLE).
 *
 * <p>A declaration is an immutable constant of its layer. At boot, the layer of a tunable reads its value from the environment through it.
 * Bound to a variable of a kernel, it is added to that kernel's {@link SysctlTree}:
 * <pre>
 *   static final Oid MINSIZE = Oid.uint("vm.memguard.minsize", CTLFLAG_RW, "smaller requests are not guarded").unit("bytes").standard("0");
 *   ...
 *   tree.add(MINSIZE.bind(() -&gt; minSize, size -&gt; setMinSize(size)));
 * </pre>
 */
public final class Oid {

    private final Knob knob;

    private Oid(Knob knob) {
        this.knob = knob;
    }

    /** Returns the declaration of an inner node. */
    public static Oid node(String name, String description) {
        return new Oid(new Knob(name, KnobType.NODE, CTLFLAG_RW, "N", description, "", ""));
    }

    /** Returns the declaration of a number of 32 bits, signed. */
    public static Oid integer(String name, int flags, String description) {
        return leaf(name, KnobType.INT, flags, "I", description);
    }

    /** Returns the declaration of a number of 32 bits, unsigned. */
    public static Oid uint(String name, int flags, String description) {
        return leaf(name, KnobType.UINT, flags, "IU", description);
    }

    /** Returns the declaration of a number of 64 bits, signed. */
    public static Oid longInteger(String name, int flags, String description) {
        return leaf(name, KnobType.LONG, flags, "L", description);
    }

    /**
     * Returns the declaration of a number of 64 bits, unsigned. A greater number than 2^63 - 1 cannot be set, neither as text nor as bytes.
     */
    public static Oid ulong(String name, int flags, String description) {
        return leaf(name, KnobType.ULONG, flags, "LU", description);
    }

    /** Returns the declaration of a number of 64 bits, signed (FreeBSD's quad). */
    public static Oid quad(String name, int flags, String description) {
        return leaf(name, KnobType.QUAD, flags, "Q", description);
    }

    /** Returns the declaration of a text. */
    public static Oid string(String name, int flags, String description) {
        return leaf(name, KnobType.STRING, flags, "A", description);
    }

    /**
     * Returns the declaration of a structure, or of several numbers.
     *
     * @param format the format by which sysctl(8) shows the value ({@link Knob#format()})
     */
    public static Oid opaque(String name, int flags, String format, String description) {
        return leaf(name, KnobType.OPAQUE, flags, format, description);
    }

    /** Returns the declaration of a driver's knob. */
    public static Oid of(Knob knob) {
        return new Oid(knob);
    }

    private static Oid leaf(String name, KnobType type, int flags, String format, String description) {
        return new Oid(new Knob(name, type, flags, format, description, "", ""));
    }

    /**
     * Returns a copy with a unit.
     *
     * @param unit the unit in which the number counts
     */
    public Oid unit(String unit) {
        return with(unit, knob.standard(), knob.range());
    }

    /**
     * Returns a copy with a standard value, for documentation.
     *
     * @param standard the value of the knob if it is not set
     */
    public Oid standard(String standard) {
        return with(knob.unit(), standard, knob.range());
    }

    /**
     * Returns a copy with a range, whose ends are included. A write of a number outside the range fails with EINVAL, unless the knob has a
     * handler of its own. {@link #number} does not check the range.
     */
    public Oid range(long min, long max) {
        return with(knob.unit(), knob.standard(), new KnobRange(min, max));
    }

    /** Returns a copy with a list of the allowed texts. A write of another text fails with EINVAL; case is ignored. */
    public Oid choices(String... choices) {
        return with(knob.unit(), knob.standard(), KnobRange.of(choices));
    }

    private Oid with(String unit, String standard, KnobRange range) {
        return new Oid(new Knob(
                knob.name(), knob.type(), knob.flags(), knob.format(), knob.description(), unit, standard, range));
    }

    /** Returns the knob that is declared. */
    public Knob knob() {
        return knob;
    }

    /**
     * Returns the knob's number in a boot environment (TUNABLE_INT, TUNABLE_ULONG). A number outside the knob's type is replaced with the
     * nearest one of that type.
     *
     * @return the number; null if the name is not set or its text is not a signed number of 64 bits; null for a negative number of an
     *     unsigned type
     */
    public @Nullable Long number(Function<String, @Nullable String> environment) {
        String text = environment.apply(knob.name());
        return text == null ? null : Values.number(knob.type(), text);
    }

    /** Returns the knob's text in a boot environment (TUNABLE_STR), without leading and trailing blanks; null if the name is not set. */
    public @Nullable String text(Function<String, @Nullable String> environment) {
        String text = environment.apply(knob.name());
        return text == null ? null : text.strip();
    }

    /** Binds a number that cannot be written. */
    public Variable bind(LongSupplier get) {
        return bind(get, refused -> false);
    }

    /**
     * Binds a number that can be written. A number outside the range is refused before {@code set} is called.
     *
     * @param get returns the current number
     * @param set sets the number at once; returns false if the value is not valid, and then has changed nothing
     */
    public Variable bind(LongSupplier get, LongPredicate set) {
        KnobRange range = knob.range();
        return new Variable(
                knob, Values.number(knob.type(), get, number -> range.contains(number) && set.test(number)));
    }

    /** Binds a text that cannot be written. */
    public Variable bindText(Supplier<String> get) {
        return new Variable(knob, Values.text(get));
    }

    /**
     * Binds a text that can be written. The knob's range becomes 0 to {@code size - 1} bytes.
     *
     * @param size the size of the buffer in bytes, with the NUL
     * @param get returns the current text
     * @param set sets the text at once; returns false if the value is not valid, and then has changed nothing
     */
    public Variable bindText(int size, Supplier<String> get, Predicate<String> set) {
        KnobRange range = new KnobRange(0, size - 1L, knob.range().choices());
        return new Variable(
                with(knob.unit(), knob.standard(), range).knob,
                Values.text(size, get, text -> range.allows(text) && set.test(text)));
    }

    /** Binds a structure, or several numbers, that cannot be written. */
    public Variable bindBytes(Supplier<byte[]> get) {
        return new Variable(knob, request -> request.out(get.get()));
    }

    /** Binds a knob to a handler of its own (SYSCTL_PROC). */
    public Variable bind(Handler handler) {
        return new Variable(knob, handler);
    }
}
