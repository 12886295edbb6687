package malloc9.debug.memguard;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import malloc9.api.raw.GuardHit;
import malloc9.api.raw.GuardHit.Kind;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/** Says which block an access has missed, and how. */
final class FaultAttribution {

    /** As the JDK says it of a segment: its address, and the place in it. */
    private static final Pattern OUT_OF_BOUNDS =
            Pattern.compile("address: 0x([0-9a-f]{1,16}),.*new offset = (-?[0-9]{1,18}); new length = ([0-9]{1,18})");

    private static final Pattern ADDRESS = Pattern.compile("0x([0-9a-f]{1,16})");

    private final GuardedBlockIndex blocks;

    FaultAttribution(GuardedBlockIndex blocks) {
        this.blocks = blocks;
    }

    /**
     * What an access misses.
     *
     * @param access in words
     * @return null if it lies in a live block, or near none that is known
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

    /** The same for a text that names an address. */
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

    /** A fault of which nobody knows where it happened. */
    GuardHit unattributed(String where) {
        List<GuardedBlock> suspects = blocks.suspects();
        return new GuardHit(
                Kind.UNATTRIBUTED,
                0,
                null,
                suspects.stream().map(GuardedBlock::told).toList(),
                Messages.unattributed(where, suspects));
    }

    /** A fault at a known address near no block that is known. */
    GuardHit unknown(long address, long bytes, String access) {
        List<GuardedBlock> suspects = blocks.suspects();
        return new GuardHit(
                Kind.UNATTRIBUTED,
                address,
                null,
                suspects.stream().map(GuardedBlock::told).toList(),
                Messages.unknown(access, bytes, address));
    }

    /** The block whose pages the access begins in, else the one that is nearest to it across a hole. */
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
        // A block's hole is a page, and what lies between hole and block is less than one.
        long far = 2L * PageSource.PAGE;
        if (behind < before) {
            return behind < far ? below : null;
        }
        return before < far ? above : null;
    }

    /** The first block that an access from a hole far below reaches; null if there is none. */
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
