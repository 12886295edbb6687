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
 */
public record Knob(
        String name, KnobType type, int flags, String format, String description, String unit, String standard) {

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

    /** Anybody may write it. */
    public static final int CTLFLAG_ANYBODY = 0x10000000;

    /** Whether it can be written while the kernel runs. */
    public boolean isWritable() {
        return (flags & CTLFLAG_WR) != 0;
    }

    /** Whether it can be set at boot. */
    public boolean isTunable() {
        return (flags & CTLFLAG_TUN) != 0;
    }

    /** Flags and type in one number, as FreeBSD's tools read it. */
    public int kind() {
        return flags | type.number();
    }
}
