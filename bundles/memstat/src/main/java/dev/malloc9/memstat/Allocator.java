package dev.malloc9.memstat;

/** The allocator to which a memory type belongs, with libmemstat's numbers. */
public enum Allocator {
    /** The allocator is unknown. */
    UNKNOWN(0),
    /** The allocator malloc(9). */
    MALLOC(1),
    /** The slab allocator, uma(9), whose memory types are zones. */
    UMA(2),
    /** Any allocator, as an argument of a search. */
    ANY(255);

    private final int number;

    Allocator(int number) {
        this.number = number;
    }

    /** {@return the value of {@code ALLOCATOR_*}} */
    public int number() {
        return number;
    }
}
