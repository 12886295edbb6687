package malloc9.api;

/**
 * The flags of malloc(9), with FreeBSD's values.
 *
 * <p>A request says exactly one of {@link #M_WAITOK} and {@link #M_NOWAIT}, or-ed with any of the others. The wait
 * flag's static type chooses the overload: {@code M_WAITOK} is an {@code int}, and {@code int} requests never return
 * null; {@code M_NOWAIT} is a {@code long}, which Java's promotion carries through {@code M_NOWAIT | M_ZERO}, and
 * {@code long} requests return a {@code @Nullable} segment. A null checker thus sees what FreeBSD's manual page asks
 * of the reader. Neither or both wait flags are refused with {@link InvalidRequest}, and so is every bit that no flag
 * here has. FreeBSD's {@code M_EXEC} (0x4000) is one of them: memory of this kernel is never executable.
 */
public final class MallocFlags {

    /** Never wait and never reclaim: null comes back when no memory is at hand. */
    public static final long M_NOWAIT = 0x0001L;

    /**
     * Wait and reclaim if need be, some nine seconds in all: never null; {@link KernelMapExhausted} when all of that was
     * in vain, {@link InterruptedRequest} when the thread is interrupted meanwhile.
     */
    public static final int M_WAITOK = 0x0002;

    /** The block is all zero, up to the end of its size class. */
    public static final int M_ZERO = 0x0100;

    /**
     * May use the reserve, a share of the kernel map that nobody else gets (tunable {@code vm.kmem_reserve}): for the few
     * requests by which memory becomes free again. Goes with either wait flag; the reserve is used before anybody waits,
     * and is whole again when what was taken from it is freed.
     *
     * <p>Here it means what its name says. In FreeBSD it chooses a request class for pages, and the wrong way round: a
     * plain M_NOWAIT may dig deeper ("interrupt") than M_NOWAIT with M_USE_RESERVE ("system", as M_WAITOK).
     */
    public static final int M_USE_RESERVE = 0x0400;

    /**
     * Keep the block out of core dumps, where the OS can, as long as it lives. As in BSD this is for large blocks: one that is served
     * as an item of a zone shares its pages, and the flag means nothing.
     */
    public static final int M_NODUMP = 0x0800;

    private MallocFlags() {}
}
