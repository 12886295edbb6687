package malloc9.api;

/** No memory for a request with {@code M_WAITOK}, even after reclaiming; the kernel goes on. */
public final class KernelMapExhausted extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message FreeBSD's text: the request and what the map holds, in bytes */
    public KernelMapExhausted(String message) {
        super(message);
    }
}
