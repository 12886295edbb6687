package malloc9.api.raw;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import malloc9.api.KernelPanic;
import malloc9.api.runtime.ModuleId;
import org.jspecify.annotations.Nullable;

/** An access that missed its block and was caught by MemGuard; what it touched is as it was. */
public final class GuardHit extends KernelPanic {

    private static final long serialVersionUID = 1L;

    /** How it missed. */
    public enum Kind {
        /** It reached behind the block's last byte. */
        OVERRUN,
        /** It began before the block's first byte. */
        UNDERRUN,
        /** It came after the block's free, or its bundle's stop. */
        USE_AFTER_FREE,
        /** Nobody knows which access it was, or whose: the error was found where the thread entered the kernel. */
        UNATTRIBUTED
    }

    /**
     * A block that MemGuard guards, or did.
     *
     * @param address where it starts
     * @param bytes as requested
     * @param type its type's name
     * @param module whose type it is
     * @param allocated who asked for it: frames as text, innermost first
     * @param freed who freed it; empty as long as it lives, or if its bundle's stop took it back
     */
    public record Block(
            long address, long bytes, String type, ModuleId module, List<String> allocated, List<String> freed)
            implements Serializable {}

    private final Kind kind;
    private final long address;
    private final @Nullable Block block;
    private final ArrayList<Block> candidates;

    /**
     * For the kernel.
     *
     * @param address the first byte of the access; 0 if it is unattributed
     * @param block the one that was missed; null if it is unattributed
     * @param candidates blocks that it may have been
     */
    public GuardHit(Kind kind, long address, @Nullable Block block, List<Block> candidates, String message) {
        super(message);
        this.kind = kind;
        this.address = address;
        this.block = block;
        this.candidates = new ArrayList<>(candidates);
    }

    /** How the access missed. */
    public Kind kind() {
        return kind;
    }

    /** Its first byte; 0 if it is unattributed. */
    public long address() {
        return address;
    }

    /** The block that was missed; null if it is unattributed. */
    public @Nullable Block block() {
        return block;
    }

    /** The access's first byte, counted from the block's; 0 if it is unattributed. */
    public long offset() {
        return block == null ? 0 : address - block.address();
    }

    /** For an unattributed one: the blocks freed last. */
    public List<Block> candidates() {
        return Collections.unmodifiableList(candidates);
    }
}
