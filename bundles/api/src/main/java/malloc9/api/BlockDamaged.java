package malloc9.api;

/**
 * A free that found memory beside its block overwritten, where the operator wants that to be an error
 * ({@code vm.redzone.panic}). The block has been freed; the damage was reported.
 */
public final class BlockDamaged extends KernelPanic {

    private static final long serialVersionUID = 1L;

    private final long address;
    private final long offset;
    private final long bytes;

    /**
     * @param address the block's
     * @param offset of the first damaged byte, from the address; negative below the block
     * @param bytes how many are damaged
     */
    public BlockDamaged(long address, long offset, long bytes, String message) {
        super(message);
        this.address = address;
        this.offset = offset;
        this.bytes = bytes;
    }

    /** The block's. */
    public long address() {
        return address;
    }

    /** Of the first damaged byte, from the address; negative below the block. */
    public long offset() {
        return offset;
    }

    /** How many bytes are damaged. */
    public long bytes() {
        return bytes;
    }
}
