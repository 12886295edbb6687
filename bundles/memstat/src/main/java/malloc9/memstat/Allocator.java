package malloc9.memstat;

/** The allocator that a memory type belongs to, with libmemstat's numbers. */
public enum Allocator {
    /** Nobody knows. */
    UNKNOWN(0),
    /** malloc(9). */
    MALLOC(1),
    /** The slab allocator, whose memory types are zones. */
    UMA(2),
    /** All of them, in a search. */
    ANY(255);

    private final int number;

    Allocator(int number) {
        this.number = number;
    }

    /** The value of {@code ALLOCATOR_*}. */
    public int number() {
        return number;
    }
}
