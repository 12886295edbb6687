package dev.malloc9.api;

/**
 * The error of a free, zfree or realloc that found memory beside the old block overwritten, while {@code vm.redzone.panic} is set. The
 * block has been freed, and the damage was reported.
 *
 * <p>If memory was overwritten both below and above the block, the exception describes the damage below.
 */
public final class BlockDamaged extends KernelPanic {

    private static final long serialVersionUID = 1L;

    private final long address;
    private final long offset;
    private final long bytes;

    /**
     * Creates an exception for a damaged block.
     *
     * @param address the address of the block
     * @param offset the offset in bytes of the first damaged byte from the address; negative below the block
     * @param bytes the number of damaged bytes
     * @param message the text, followed by the report of the damage
     */
    public BlockDamaged(long address, long offset, long bytes, String message) {
        super(message);
        this.address = address;
        this.offset = offset;
        this.bytes = bytes;
    }

    /** {@return the address of the block} */
    public long address() {
        return address;
    }

    /** {@return the offset in bytes of the first damaged byte from the block's address; negative below the block} */
    public long offset() {
        return offset;
    }

    /** {@return the number of damaged bytes} */
    public long bytes() {
        return bytes;
    }
}
