package dev.malloc9.debug;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.malloc9.api.runtime.Damage;
import dev.malloc9.debug.Pattern.Span;
import dev.malloc9.vm.PageSource;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The layout of red zones: bytes of 0x42 on both sides of a block that reveal a write beside the block (redzone(9)). This class writes and
 * compares them.
 *
 * <pre>
 *   item                                      address       address + bytes              end of the item
 *   | 0x42 ...  | bytes | checksum | 16 x 0x42 | the block   | 16 x 0x42 at least, all slack |
 *               -32     -24        -16
 * </pre>
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: as drawn. The front is a power of two from 256 bytes to an OS page. Up to an OS page it is no smaller than the block,
 *       so that an aligned item makes an aligned block.
 *   <li>Concurrency: these methods are called by the thread that allocates or frees the block, or that stops its owner. A scan of live
 *       blocks compares without ownership, and afterwards checks that the block is still the same one.
 *   <li>Invariants: the expected value of every byte of the item outside the block is known.
 *   <li>Cost: at least 272 bytes for each block, which are filled at malloc and compared at free.
 *   <li>Differs from BSD: the record and its stack are on the Java heap, where no stray write reaches them. The header in front of the
 *       block is meant for a reader of the memory, and is compared as well. The whole rest of the item is compared too, where BSD compares
 *       16 bytes on each side.
 * </ul>
 */
public final class RedZone {

    /** The smallest size of a red zone in bytes (REDZONE_CFSIZE). */
    static final int ZONE = 16;

    /** The number of bytes that BSD keeps in front of a block on LP64: a stack of 18 frames, the size and a red zone (REDZONE_HSIZE). */
    private static final int HEADER = 176;

    private static final int HEADER_START = 2 * ZONE;
    private static final int SMALLEST_FRONT = 128;
    /** The largest front in bytes. A block is aligned to an OS page at most, so a larger front serves no alignment. */
    private static final int LARGEST_FRONT = PageSource.PAGE;

    private RedZone() {}

    /**
     * Returns the number of bytes in front of a block (redzone_roundup): a power of two from 256 to an OS page.
     *
     * @param bytes the block's size in bytes, as requested
     */
    public static long front(long bytes) {
        long covered = Math.max(bytes, HEADER);
        for (long front = SMALLEST_FRONT; front < LARGEST_FRONT; front *= 2) {
            if (front >= covered) {
                return front;
            }
        }
        return LARGEST_FRONT;
    }

    /**
     * Returns the number of bytes to allocate for a block with red zones (redzone_size_ntor).
     *
     * @param bytes the block's size in bytes, as requested
     */
    public static long rawBytes(long bytes) {
        return bytes + front(bytes) + ZONE;
    }

    /**
     * Writes the red zones and the header around a block. The bytes of the block are not changed.
     *
     * @param memory the memory of the kernel map
     * @param item the offset of the item in that memory
     * @param itemBytes the size of the item in bytes
     * @param record the record of the block; its {@code front} determines the place of the block in the item
     */
    public static void lay(MemorySegment memory, long item, long itemBytes, BlockRecord record) {
        long block = item + record.front;
        long header = block - HEADER_START;
        Pattern.RED_ZONE.fill(memory, item, header);
        memory.set(JAVA_LONG_UNALIGNED, header, record.bytes);
        memory.set(JAVA_LONG_UNALIGNED, header + Long.BYTES, checksum(record));
        Pattern.RED_ZONE.fill(memory, block - ZONE, block);
        Pattern.RED_ZONE.fill(memory, block + record.bytes, item + itemBytes);
    }

    /**
     * Compares the red zones and the header of a block with their expected values.
     *
     * @param memory the memory of the kernel map
     * @param item the offset of the item in that memory
     * @param itemBytes the size of the item in bytes
     * @param freeing the call stack of the free; null if the block stays in use or the stack is unknown
     * @return the damage below the block and the damage above it, in this order; empty if there is none
     */
    public static List<Damage> damage(
            MemorySegment memory, long item, long itemBytes, BlockRecord record, @Nullable Site freeing) {
        long block = item + record.front;
        Span below = below(memory, item, block, record);
        Span above = Pattern.RED_ZONE.damage(memory, block + record.bytes, item + itemBytes);
        return damages(below, above, block, record, freeing);
    }

    /**
     * Fills the bytes of a guarded block's pages that lie outside the block. A write that stays in the pages meets no hole; only these
     * bytes reveal it. There is no room for a header.
     *
     * @param memory the memory of the whole process, in which an offset is an address
     * @param pages the address of the first byte of the pages
     * @param end the address after the last page
     */
    public static void laySlack(MemorySegment memory, long pages, long end, BlockRecord record) {
        Pattern.RED_ZONE.fill(memory, pages, record.address);
        Pattern.RED_ZONE.fill(memory, record.address + record.bytes, end);
    }

    /**
     * Compares the bytes that {@link #laySlack} has filled with their expected values. The pages are given as for {@link #laySlack};
     * {@code freeing} and the result are as for {@link #damage}.
     */
    public static List<Damage> slackDamage(
            MemorySegment memory, long pages, long end, BlockRecord record, @Nullable Site freeing) {
        Span below = Pattern.RED_ZONE.damage(memory, pages, record.address);
        Span above = Pattern.RED_ZONE.damage(memory, record.address + record.bytes, end);
        return damages(below, above, record.address, record, freeing);
    }

    private static List<Damage> damages(
            @Nullable Span below, @Nullable Span above, long block, BlockRecord record, @Nullable Site freeing) {
        List<Damage> damages = new ArrayList<>(0);
        if (below != null) {
            List<String> report = Messages.underflow(below.bytes(), record, freeing);
            damages.add(DamageLog.of(Damage.Kind.UNDERFLOW, below, block, record, freeing, report));
        }
        if (above != null) {
            List<String> report = Messages.overflow(above.bytes(), record, freeing);
            damages.add(DamageLog.of(Damage.Kind.OVERFLOW, above, block, record, freeing, report));
        }
        return damages;
    }

    private static @Nullable Span below(MemorySegment memory, long item, long block, BlockRecord record) {
        long header = block - HEADER_START;
        Span far = Pattern.RED_ZONE.damage(memory, item, header);
        Span near = Pattern.RED_ZONE.damage(memory, block - ZONE, block);
        return join(join(far, ofHeader(memory, header, record)), near);
    }

    private static @Nullable Span ofHeader(MemorySegment memory, long header, BlockRecord record) {
        long first = -1;
        long bytes = 0;
        for (int i = 0; i < 2 * Long.BYTES; i++) {
            long word = i < Long.BYTES ? record.bytes : checksum(record);
            byte expected = (byte) (word >>> (i % Long.BYTES * Byte.SIZE));
            if (memory.get(JAVA_BYTE, header + i) != expected) {
                first = bytes == 0 ? header + i : first;
                bytes++;
            }
        }
        return bytes == 0 ? null : new Span(first, bytes);
    }

    private static @Nullable Span join(@Nullable Span lower, @Nullable Span higher) {
        if (lower == null || higher == null) {
            return lower == null ? higher : lower;
        }
        return new Span(lower.first(), lower.bytes() + higher.bytes());
    }

    /**
     * Returns a checksum of a block's address and size. It tells different blocks and sizes apart with near certainty, and practically
     * never consists of 0x42 bytes.
     */
    private static long checksum(BlockRecord record) {
        long mixed = (record.address ^ Long.rotateLeft(record.bytes, 32)) * 0x9e3779b97f4a7c15L;
        return mixed ^ (mixed >>> 29);
    }
}
