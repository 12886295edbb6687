package dev.malloc9.api;

/**
 * The flags of malloc(9), with FreeBSD's values.
 *
 * <p>A request has exactly one of {@link #M_WAITOK} and {@link #M_NOWAIT}, combined by {@code |} with any of the others.
 *
 * <p>The static type of the wait flag selects the overload. {@code M_WAITOK} is an {@code int}, and requests with {@code int} flags never
 * return null. {@code M_NOWAIT} is a {@code long}, and Java's promotion makes {@code M_NOWAIT | M_ZERO} a {@code long} too. Requests with
 * {@code long} flags return a {@code @Nullable} segment. A null checker therefore enforces the check that FreeBSD's manual page asks of
 * the reader.
 *
 * <p>A request without a wait flag, with both, or with an unknown bit throws {@link InvalidRequest}. FreeBSD's {@code M_EXEC} (0x4000) is
 * an unknown bit: memory of this kernel is never executable. {@code zalloc} accepts the wait flags and {@code M_ZERO} only.
 */
public final class MallocFlags {

    /**
     * The flag of a request that does not wait: it returns null if no memory is available. It does not raise vm_lowmem, and a malloc does
     * not reclaim caches; a zalloc may empty the caches of the CPUs. Before a request fails, the quarantine of freed blocks of level I is
     * emptied.
     */
    public static final long M_NOWAIT = 0x0001L;

    /**
     * The flag of a request that reclaims memory and waits if necessary, about nine seconds in all. It never returns null. If there is
     * still no memory, it throws {@link KernelMapExhausted}. If the thread is interrupted while it waits, it throws
     * {@link InterruptedRequest}, or for a zone {@code ZoneWaitInterrupted}.
     *
     * <p>At a limit, the request waits without a time limit. For memory, contigmalloc and zalloc do not wait after they have reclaimed.
     */
    public static final int M_WAITOK = 0x0002;

    /**
     * The flag of a request for a zeroed block. At level R the block is zero up to the end of its size class or its pages; at levels I and
     * G, up to the requested size. An item of a zone is zeroed over its requested size, after its constructor has run.
     */
    public static final int M_ZERO = 0x0100;

    /**
     * The flag of a request that may use the reserve: a share of the kernel map that other requests do not get (tunable
     * {@code vm.kmem_reserve}; without it, a map up to 64 MiB has no reserve). It is meant for the few requests that lead to memory being
     * freed.
     *
     * <p>The flag goes with either wait flag. The reserve is used before the request waits. The reserve is complete again when the blocks
     * taken from it are freed.
     *
     * <p>In FreeBSD the flag selects a request class for pages, with the opposite effect. A plain M_NOWAIT there may dig deeper
     * ("interrupt") than M_NOWAIT with M_USE_RESERVE ("system", like M_WAITOK).
     */
    public static final int M_USE_RESERVE = 0x0400;

    /**
     * The flag of a request for a block that is left out of core dumps for its lifetime, where the OS supports that. As in BSD it is
     * meant for large blocks. A block that is served as an item of a zone shares its pages, and the flag has no effect.
     */
    public static final int M_NODUMP = 0x0800;

    private MallocFlags() {}
}
