package dev.malloc9.api.sysctl;

/**
 * The description of a knob, without its value (struct sysctl_oid).
 *
 * @param name the full name, such as {@code vm.kmem_size}
 * @param type the type of the value
 * @param flags the CTLFLAG bits
 * @param format the format by which sysctl(8) shows the value: A for a text, I, L and Q for numbers, with a U behind them for unsigned
 *     ones, {@code S,NAME} or {@code s,NAME} for a structure, N for a node
 * @param description the description, one line
 * @param unit the unit of a number, such as {@code bytes}; empty for none
 * @param standard the default of a tunable or a writable knob as text, or the rule that computes it; empty for a text that is empty by
 *     default, and for a knob that can only be read
 * @param range the values that the knob accepts
 */
public record Knob(
        String name,
        KnobType type,
        int flags,
        String format,
        String description,
        String unit,
        String standard,
        KnobRange range) {

    /** The flag of a knob that can be read. */
    public static final int CTLFLAG_RD = 0x80000000;

    /** The flag of a knob that can be written. */
    public static final int CTLFLAG_WR = 0x40000000;

    /** The flags of a knob that can be read and written. */
    public static final int CTLFLAG_RW = CTLFLAG_RD | CTLFLAG_WR;

    /** The flag of a tunable: the boot environment can set it. */
    public static final int CTLFLAG_TUN = 0x00080000;

    /** The flags of a tunable that is read-only after boot. */
    public static final int CTLFLAG_RDTUN = CTLFLAG_RD | CTLFLAG_TUN;

    /** The flags of a tunable that can also be read and written after boot. */
    public static final int CTLFLAG_RWTUN = CTLFLAG_RW | CTLFLAG_TUN;

    /**
     * The flag of a statistic or a command: its value changes by itself, or a write is an action. A restart must not restore such a
     * value.
     */
    public static final int CTLFLAG_STATS = 0x00002000;

    /** FreeBSD's flag of a knob that any user may write. No knob of this kernel has it, and the kernel does not evaluate it. */
    public static final int CTLFLAG_ANYBODY = 0x10000000;

    /**
     * Creates a knob that accepts every value of its type.
     *
     * @param name the full name, such as {@code vm.kmem_size}
     * @param type the type of the value
     * @param flags the CTLFLAG bits
     * @param format the format by which sysctl(8) shows the value, as in the record
     * @param description the description, one line
     * @param unit the unit of a number, such as {@code bytes}; empty for none
     * @param standard the default as text, or the rule that computes it; empty for a knob that can only be read
     */
    public Knob(
            String name, KnobType type, int flags, String format, String description, String unit, String standard) {
        this(name, type, flags, format, description, unit, standard, KnobRange.of(type));
    }

    /** {@return whether the knob can be written while the kernel runs} */
    public boolean isWritable() {
        return (flags & CTLFLAG_WR) != 0;
    }

    /** {@return whether the boot environment can set the knob} */
    public boolean isTunable() {
        return (flags & CTLFLAG_TUN) != 0;
    }

    /** {@return whether a written value is to be restored after a restart: the knob is writable, and neither a statistic nor a command} */
    public boolean isSetting() {
        return isWritable() && (flags & CTLFLAG_STATS) == 0;
    }

    /**
     * {@return the bounds that are narrower than the type, in words such as {@code "1 to 8"}; empty if none is narrower} For a text only
     * the upper bound is considered, and with choices the result is empty.
     */
    public String bounds() {
        KnobRange whole = KnobRange.of(type);
        if (type == KnobType.STRING) {
            return range.max() < whole.max() && range.choices().isEmpty() ? "at most " + range.max() + " bytes" : "";
        }
        boolean above = range.min() > whole.min();
        boolean below = range.max() < whole.max();
        return above && below
                ? range.min() + " to " + range.max()
                : above ? "at least " + range.min() : below ? "at most " + range.max() : "";
    }

    /** {@return flags and type as one number, as FreeBSD's tools read it (oid_kind)} */
    public int kind() {
        return flags | type.number();
    }
}
