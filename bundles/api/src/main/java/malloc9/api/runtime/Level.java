package malloc9.api.runtime;

/**
 * How closely blocks are watched; the lower letters of a kernel, bundle and type give way to the highest.
 *
 * <p>It decides at malloc, and what was allocated under one level is freed as that level demands, whatever is set by then.
 */
public enum Level {
    /** The default: tags, magic, exact statistics and leak counts, revocation. */
    R,
    /** Invariants: red zones, trash, quarantine, records of who allocated and freed a block. */
    I,
    /** MemGuard: each block lies between holes, whose touch is an exception; a plain one beyond {@code vm.memguard.max_blocks}, and off Linux. */
    G
}
