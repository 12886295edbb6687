package dev.malloc9.api.runtime;

/**
 * The safety level of blocks: the checks that the kernel makes for them. A kernel, a bundle and a type each have a level; the highest of
 * the three applies. A block of contigmalloc and an item of a zone always have level R.
 *
 * <p>The level is chosen at malloc. A block that was allocated at one level is freed by the rules of that level, even if another level is
 * set by then.
 */
public enum Level {
    /** The default: tags, magic, exact statistics and leak counts, revocation. */
    R,
    /** Invariants: red zones, trash, quarantine, and a record with the stacks of the allocation and the free (redzone(9)). */
    I,
    /**
     * MemGuard: each block lies between holes, unless {@code vm.memguard.options} leaves them out, and becomes a hole when it is freed. An
     * access to a hole is an exception (memguard(9)). A block that MemGuard cannot guard gets the checks of level I. Examples are a size of
     * 0, more than {@code vm.memguard.max_blocks} blocks, and systems other than Linux.
     */
    G
}
