package dev.malloc9.api.raw;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.runtime.ModuleId;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The error of an access outside a live block that MemGuard caught (memguard(9)). The memory outside the block is unchanged. */
public final class GuardHit extends KernelPanic {

    private static final long serialVersionUID = 1L;

    /** The way in which the access missed its block. */
    public enum Kind {
        /** The access began in or behind the block and reached behind its last byte. */
        OVERRUN,
        /** The access began before the block's first byte. */
        UNDERRUN,
        /** The access was made after the block was freed, or after its bundle stopped. */
        USE_AFTER_FREE,
        /**
         * The access cannot be assigned to a block. Either its address is unknown, because the error was found when the thread entered
         * the kernel, or no known block is near the address.
         */
        UNATTRIBUTED
    }

    /**
     * A block that is or was guarded by MemGuard.
     *
     * @param address the address of the first byte
     * @param bytes the requested size in bytes
     * @param type the name of the block's type
     * @param module the bundle that declares the type
     * @param allocated the stack of the allocation as text, innermost frame first; empty if it was not captured
     * @param freed the stack of the free as text, innermost frame first; empty while the block is live, or if the stop of its bundle took
     *     it back
     */
    public record Block(
            long address, long bytes, String type, ModuleId module, List<String> allocated, List<String> freed)
            implements Serializable {}

    private final Kind kind;
    private final long address;
    private final @Nullable Block block;
    private final ArrayList<Block> candidates;

    /**
     * Creates an exception; called by the kernel.
     *
     * @param kind the way in which the access missed its block
     * @param address the first byte of the access; 0 if it is unknown
     * @param block the block that was missed; null if the access is unattributed
     * @param candidates the blocks that may have been missed; empty if {@code block} is known
     * @param message the text
     */
    public GuardHit(Kind kind, long address, @Nullable Block block, List<Block> candidates, String message) {
        super(message);
        this.kind = kind;
        this.address = address;
        this.block = block;
        this.candidates = new ArrayList<>(candidates);
    }

    /** {@return the way in which the access missed its block} */
    public Kind kind() {
        return kind;
    }

    /** {@return the address of the first byte of the access; 0 if it is unknown} An unattributed access may have a known address. */
    public long address() {
        return address;
    }

    /** {@return the block that was missed; null if the access is unattributed} */
    public @Nullable Block block() {
        return block;
    }

    /**
     * {@return the offset in bytes of the access's first byte from the block's first byte; negative before the block, 0 if the access is
     * unattributed}
     */
    public long offset() {
        return block == null ? 0 : address - block.address();
    }

    /**
     * {@return the blocks that were freed last, at most four, the latest first, if the access is unattributed; otherwise an empty list} The
     * list is unmodifiable.
     */
    public List<Block> candidates() {
        return Collections.unmodifiableList(candidates);
    }
}
