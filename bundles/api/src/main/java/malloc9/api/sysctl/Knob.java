package malloc9.api.sysctl;

/**
 * What a knob is (struct sysctl_oid), but for its value.
 *
 * @param name all of it: {@code vm.kmem_size}
 * @param type of its value
 * @param flags the CTLFLAG bits
 * @param format how sysctl(8) shows it: A text, I and L numbers, U after them unsigned, {@code S,NAME} or {@code s,NAME} a structure
 * @param description one line
 * @param unit of a number ({@code bytes}); empty where there is none
 * @param standard what a tunable or switch is when nobody sets it; empty for what can only be read
 * @param range what values it takes
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

    /** May be read. */
    public static final int CTLFLAG_RD = 0x80000000;

    /** May be written. */
    public static final int CTLFLAG_WR = 0x40000000;

    /** May be read and written. */
    public static final int CTLFLAG_RW = CTLFLAG_RD | CTLFLAG_WR;

    /** The boot environment's value is honoured. */
    public static final int CTLFLAG_TUN = 0x00080000;

    /** Read-only, but for the boot environment. */
    public static final int CTLFLAG_RDTUN = CTLFLAG_RD | CTLFLAG_TUN;

    /** May be read and written, and the boot environment is honoured. */
    public static final int CTLFLAG_RWTUN = CTLFLAG_RW | CTLFLAG_TUN;

    /** Its value goes on by itself, or a write is an act: nothing that a restart should bring back. */
    public static final int CTLFLAG_STATS = 0x00002000;

    /** Anybody may write it. */
    public static final int CTLFLAG_ANYBODY = 0x10000000;

    /** One that takes whatever its type has room for. */
    public Knob(
            String name, KnobType type, int flags, String format, String description, String unit, String standard) {
        this(name, type, flags, format, description, unit, standard, KnobRange.of(type));
    }

    /** Whether it can be written while the kernel runs. */
    public boolean isWritable() {
        return (flags & CTLFLAG_WR) != 0;
    }

    /** Whether it can be set at boot. */
    public boolean isTunable() {
        return (flags & CTLFLAG_TUN) != 0;
    }

    /** Whether a value that was written should hold after a restart, too: it is a setting, and no statistic and no act. */
    public boolean isSetting() {
        return isWritable() && (flags & CTLFLAG_STATS) == 0;
    }

    /** What of its range is narrower than its type, in words; empty if nothing is. */
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

    /** Flags and type in one number, as FreeBSD's tools read it. */
    public int kind() {
        return flags | type.number();
    }
}
