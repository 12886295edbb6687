package dev.malloc9.api.sysctl;

/** The type of a knob's value, with FreeBSD's numbers (CTLTYPE_*). */
public enum KnobType {
    /** No value: other knobs lie below. */
    NODE(1),
    /** A signed number of 32 bits, or several of them. */
    INT(2),
    /** A text in UTF-8 that ends with a NUL. */
    STRING(3),
    /** A signed number of 64 bits. */
    QUAD(4),
    /** A structure, named by the knob's format. */
    OPAQUE(5),
    /** An unsigned number of 32 bits. */
    UINT(6),
    /** A signed number of 64 bits (FreeBSD's long on LP64). */
    LONG(7),
    /** An unsigned number of 64 bits. */
    ULONG(8);

    private final int number;

    KnobType(int number) {
        this.number = number;
    }

    /** {@return FreeBSD's number: the low bits of a knob's kind} */
    public int number() {
        return number;
    }
}
