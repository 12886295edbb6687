package malloc9.debug;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import malloc9.api.runtime.Damage;
import malloc9.debug.Pattern.Span;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * Red zones are bytes of 0x42 on both sides of a block, which tell later who wrote beside it (redzone(9), row 31).
 *
 * <pre>
 *   item                                      address       address + bytes              end of the item
 *   | 0x42 ...  | bytes | checksum | 16 x 0x42 | the block   | 16 x 0x42 at least, all slack |
 *               -32     -24        -16
 * </pre>
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: as drawn. The front is a power of two, no smaller than the block up to an OS page, so that an aligned item makes an
 *       aligned block.
 *   <li>Concurrency: by who holds the block, or under what tells afterwards that it did not change hands.
 *   <li>Invariants: every byte of the item that is not the block's is known.
 *   <li>Cost: 272 bytes at least, filled at malloc and compared at free.
 *   <li>Differs from BSD: the record is on the Java heap, where no wild write reaches it, and the stack in it. The header in front of the
 *       block is for who looks at memory; it is compared as well. So is the rest of the item, where BSD looks at 16 bytes on each side.
 * </ul>
 */
public final class RedZone {

    /** Bytes of a red zone, at least (REDZONE_CFSIZE). */
    static final int ZONE = 16;

    /** What BSD keeps in front of a block on LP64: a stack of 18 frames, the size, a red zone (REDZONE_HSIZE). */
    private static final int HEADER = 176;

    private static final int HEADER_START = 2 * ZONE;
    private static final int SMALLEST_FRONT = 128;
    /** A block is at most aligned to an OS page, and so is what lies in front of it. */
    private static final int LARGEST_FRONT = PageSource.PAGE;

    private RedZone() {}

    /** Bytes in front of a block (redzone_roundup). */
    public static long front(long bytes) {
        long covered = Math.max(bytes, HEADER);
        for (long front = SMALLEST_FRONT; front < LARGEST_FRONT; front *= 2) {
            if (front >= covered) {
                return front;
            }
        }
        return LARGEST_FRONT;
    }

    /** What must be asked for to get a block with red zones (redzone_size_ntor). */
    public static long rawBytes(long bytes) {
        return bytes + front(bytes) + ZONE;
    }

    /**
     * Lays red zones around a block.
     *
     * @param memory the kernel map's
     * @param item where in it the item begins
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
     * What is wrong beside a block: nothing, below it, above it, or both, in this order.
     *
     * @param freeing who frees it, or null while it stays in use
     */
    public static List<Damage> damage(
            MemorySegment memory, long item, long itemBytes, BlockRecord record, @Nullable Site freeing) {
        long block = item + record.front;
        Span below = below(memory, item, block, record);
        Span above = Pattern.RED_ZONE.damage(memory, block + record.bytes, item + itemBytes);
        return damages(below, above, block, record, freeing);
    }

    /** Fills what a guarded block leaves of its pages, and has no room for a header: an access that stays in them meets no hole. */
    public static void laySlack(MemorySegment memory, long pages, long end, BlockRecord record) {
        Pattern.RED_ZONE.fill(memory, pages, record.address);
        Pattern.RED_ZONE.fill(memory, record.address + record.bytes, end);
    }

    /** What is wrong there. */
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

    /** Differs for every block and size, and is no 0x42s. */
    private static long checksum(BlockRecord record) {
        long mixed = (record.address ^ Long.rotateLeft(record.bytes, 32)) * 0x9e3779b97f4a7c15L;
        return mixed ^ (mixed >>> 29);
    }
}
