package dev.malloc9.debug.memguard;

import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.api.raw.GuardHit.Kind;
import dev.malloc9.vm.PageSource;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The attribution of faults: determines which guarded block an access has missed, and in which way. */
final class FaultAttribution {

    /**
     * The JDK's message of an access out of a segment's bounds: the segment's address, the offset of the access in it, and the access's
     * length.
     */
    private static final Pattern OUT_OF_BOUNDS =
            Pattern.compile("address: 0x([0-9a-f]{1,16}),.*new offset = (-?[0-9]{1,18}); new length = ([0-9]{1,18})");

    private static final Pattern ADDRESS = Pattern.compile("0x([0-9a-f]{1,16})");

    private final GuardedBlockIndex blocks;

    FaultAttribution(GuardedBlockIndex blocks) {
        this.blocks = blocks;
    }

    /**
     * Returns the error for an access that misses a block.
     *
     * @param address the first byte of the access
     * @param bytes the size of the access in bytes
     * @param access the kind of the access, as a word for the message
     * @return null if the access lies in a live block, or no known block is near it
     */
    @Nullable
    GuardHit of(long address, long bytes, String access) {
        GuardedBlock block = missed(address);
        if (block == null) {
            block = reached(address, bytes);
        }
        if (block == null) {
            return null;
        }
        Kind kind = kind(block, address, bytes);
        return kind == null
                ? null
                : new GuardHit(
                        kind, address, block.told(), List.of(), Messages.hit(kind, access, bytes, address, block));
    }

    /**
     * Returns the error for an access that a text describes. A message of the JDK about a segment's bounds gives address and length. In any
     * other text, the first hexadecimal number with the prefix 0x is the address, and the length is 1.
     *
     * @param text the text, for instance the message of an exception
     * @param access the kind of the access, as a word for the message
     * @return null if the text names no address, if the access lies in a live block, or if no known block is near it
     */
    @Nullable
    GuardHit of(String text, String access) {
        Matcher bounds = OUT_OF_BOUNDS.matcher(text);
        if (bounds.find()) {
            long segment = Long.parseUnsignedLong(bounds.group(1), 16);
            return of(segment + Long.parseLong(bounds.group(2)), Long.parseLong(bounds.group(3)), access);
        }
        Matcher address = ADDRESS.matcher(text);
        return address.find() ? of(Long.parseUnsignedLong(address.group(1), 16), 1, access) : null;
    }

    /**
     * Returns the error for a fault at an unknown address. Its candidates are the blocks that were freed last.
     *
     * @param where the operation in which the fault was found
     */
    GuardHit unattributed(String where) {
        List<GuardedBlock> suspects = blocks.suspects();
        return new GuardHit(
                Kind.UNATTRIBUTED,
                0,
                null,
                suspects.stream().map(GuardedBlock::told).toList(),
                Messages.unattributed(where, suspects));
    }

    /**
     * Returns the error for a fault at a known address that is near no known block. Its kind is UNATTRIBUTED, and its candidates are the
     * blocks that were freed last.
     */
    GuardHit unknown(long address, long bytes, String access) {
        List<GuardedBlock> suspects = blocks.suspects();
        return new GuardHit(
                Kind.UNATTRIBUTED,
                address,
                null,
                suspects.stream().map(GuardedBlock::told).toList(),
                Messages.unknown(access, bytes, address));
    }

    /**
     * Returns the block in whose pages the access begins; otherwise the block that is nearest to it across a hole. Returns null if no
     * block's bytes are closer than two OS pages, or if the address is negative. Of two blocks at the same distance, the upper one is
     * returned.
     */
    @Nullable
    GuardedBlock missed(long address) {
        if (address < 0) {
            return null;
        }
        GuardedBlock below = blocks.below(address);
        if (below != null && address < below.pagesEnd()) {
            return below;
        }
        GuardedBlock above = blocks.above(address);
        long behind = below == null ? Long.MAX_VALUE : address - below.end();
        long before = above == null ? Long.MAX_VALUE : above.address() - address;
        // A hole beside a block is one page, and the bytes between the hole and the block are less than one page.
        long far = 2L * PageSource.PAGE;
        if (behind < before) {
            return behind < far ? below : null;
        }
        return before < far ? above : null;
    }

    /**
     * Returns the next block above the address if an access of that size reaches its pages; null otherwise. This finds the block for a long
     * access that begins in a distant hole.
     */
    private @Nullable GuardedBlock reached(long address, long bytes) {
        GuardedBlock above = address < 0 ? null : blocks.above(address);
        return above != null && above.pages - address < bytes ? above : null;
    }

    private static @Nullable Kind kind(GuardedBlock block, long address, long bytes) {
        if (!block.isLive()) {
            return Kind.USE_AFTER_FREE;
        }
        if (address < block.address()) {
            return Kind.UNDERRUN;
        }
        return bytes > block.end() - address ? Kind.OVERRUN : null;
    }
}
