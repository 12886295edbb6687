package dev.malloc9.api;

/**
 * The error of a request with {@code M_WAITOK}, or of a zone's {@code prealloc}, for which there is no memory. {@link Malloc} reclaims and
 * waits before it throws. Its {@code contigmalloc} and a zone's {@code zalloc} only reclaim, and {@code prealloc} does neither. FreeBSD
 * panics in this case (kmem_malloc: "kmem_map too small"); this kernel continues.
 */
public final class KernelMapExhausted extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception for a request that found no memory.
     *
     * @param message the text, with the size of the request and the usage of the kernel map in bytes
     */
    public KernelMapExhausted(String message) {
        super(message);
    }
}
