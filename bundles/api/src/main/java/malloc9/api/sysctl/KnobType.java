package malloc9.api.sysctl;

/** The type of a knob's value (CTLTYPE_*). */
public enum KnobType {
    /** No value: other knobs lie below. */
    NODE(1),
    /** 32 bits, signed; also several of them. */
    INT(2),
    /** Text that ends with a NUL. */
    STRING(3),
    /** 64 bits, signed. */
    QUAD(4),
    /** A structure; the knob's format says which. */
    OPAQUE(5),
    /** 32 bits, unsigned. */
    UINT(6),
    /** 64 bits, signed. */
    LONG(7),
    /** 64 bits, unsigned. */
    ULONG(8);

    private final int number;

    KnobType(int number) {
        this.number = number;
    }

    /** FreeBSD's number, the low bits of a knob's kind. */
    public int number() {
        return number;
    }
}
