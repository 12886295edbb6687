package malloc9.sysctl;

import static malloc9.api.sysctl.Knob.CTLFLAG_RW;

import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import malloc9.api.sysctl.Knob;
import malloc9.api.sysctl.KnobRange;
import malloc9.api.sysctl.KnobType;
import org.jspecify.annotations.Nullable;

/**
 * A knob as it is declared beside the variable that it shows: name, access, type, and the one description that there is of it
 * (SYSCTL_OID, TUNABLE).
 *
 * <p>A declaration is a constant of its layer. At boot it reads its value from the environment; bound to a kernel's variable it
 * goes into that kernel's {@link SysctlTree}:
 * <pre>
 *   static final Oid MINSIZE = Oid.uint("vm.memguard.minsize", CTLFLAG_RW, "what is smaller is not guarded").unit("bytes").standard("0");
 *   ...
 *   tree.add(MINSIZE.bind(() -&gt; minSize, size -&gt; setMinSize(size)));
 * </pre>
 */
public final class Oid {

    private final Knob knob;

    private Oid(Knob knob) {
        this.knob = knob;
    }

    /** An inner node. */
    public static Oid node(String name, String description) {
        return new Oid(new Knob(name, KnobType.NODE, CTLFLAG_RW, "N", description, "", ""));
    }

    /** 32 bits, signed. */
    public static Oid integer(String name, int flags, String description) {
        return leaf(name, KnobType.INT, flags, "I", description);
    }

    /** 32 bits, unsigned. */
    public static Oid uint(String name, int flags, String description) {
        return leaf(name, KnobType.UINT, flags, "IU", description);
    }

    /** 64 bits, signed. */
    public static Oid longInteger(String name, int flags, String description) {
        return leaf(name, KnobType.LONG, flags, "L", description);
    }

    /** 64 bits, unsigned. */
    public static Oid ulong(String name, int flags, String description) {
        return leaf(name, KnobType.ULONG, flags, "LU", description);
    }

    /** 64 bits, signed. */
    public static Oid quad(String name, int flags, String description) {
        return leaf(name, KnobType.QUAD, flags, "Q", description);
    }

    /** Text. */
    public static Oid string(String name, int flags, String description) {
        return leaf(name, KnobType.STRING, flags, "A", description);
    }

    /** A structure, or several numbers. */
    public static Oid opaque(String name, int flags, String format, String description) {
        return leaf(name, KnobType.OPAQUE, flags, format, description);
    }

    /** A driver's. */
    public static Oid of(Knob knob) {
        return new Oid(knob);
    }

    private static Oid leaf(String name, KnobType type, int flags, String format, String description) {
        return new Oid(new Knob(name, type, flags, format, description, "", ""));
    }

    /** The same, a number of something. */
    public Oid unit(String unit) {
        return with(unit, knob.standard(), knob.range());
    }

    /** The same, with what it is if nobody sets it. */
    public Oid standard(String standard) {
        return with(knob.unit(), standard, knob.range());
    }

    /** The same, a number not below and not above these; a write of another is EINVAL. */
    public Oid range(long min, long max) {
        return with(knob.unit(), knob.standard(), new KnobRange(min, max));
    }

    /** The same, one of these texts. */
    public Oid choices(String... choices) {
        return with(knob.unit(), knob.standard(), KnobRange.of(choices));
    }

    private Oid with(String unit, String standard, KnobRange range) {
        return new Oid(new Knob(
                knob.name(), knob.type(), knob.flags(), knob.format(), knob.description(), unit, standard, range));
    }

    /** What it is. */
    public Knob knob() {
        return knob;
    }

    /**
     * Its number in a boot environment (TUNABLE_INT, TUNABLE_ULONG); null if it is not set there, or to something that is no number,
     * which is ignored. What is too large for 32 bits is the largest.
     */
    public @Nullable Long number(Function<String, @Nullable String> environment) {
        String text = environment.apply(knob.name());
        return text == null ? null : Values.number(knob.type(), text);
    }

    /** Its text in a boot environment (TUNABLE_STR), without blanks around it; null if it is not set there. */
    public @Nullable String text(Function<String, @Nullable String> environment) {
        String text = environment.apply(knob.name());
        return text == null ? null : text.strip();
    }

    /** A number that can only be read. */
    public Variable bind(LongSupplier get) {
        return bind(get, refused -> false);
    }

    /**
     * A number that can be written.
     *
     * @param set sets it at once; false if the value makes no sense, and nothing has changed
     */
    public Variable bind(LongSupplier get, LongPredicate set) {
        KnobRange range = knob.range();
        return new Variable(
                knob, Values.number(knob.type(), get, number -> range.contains(number) && set.test(number)));
    }

    /** A text that can only be read. */
    public Variable bindText(Supplier<String> get) {
        return new Variable(knob, Values.text(get));
    }

    /**
     * A text that can be written.
     *
     * @param size bytes that there is room for, with the NUL
     * @param set sets it at once; false if the value makes no sense, and nothing has changed
     */
    public Variable bindText(int size, Supplier<String> get, Predicate<String> set) {
        KnobRange range = new KnobRange(0, size - 1L, knob.range().choices());
        return new Variable(
                with(knob.unit(), knob.standard(), range).knob,
                Values.text(size, get, text -> range.allows(text) && set.test(text)));
    }

    /** A structure, or several numbers, that can only be read. */
    public Variable bindBytes(Supplier<byte[]> get) {
        return new Variable(knob, request -> request.out(get.get()));
    }

    /** What answers by itself (SYSCTL_PROC). */
    public Variable bind(Handler handler) {
        return new Variable(knob, handler);
    }
}
