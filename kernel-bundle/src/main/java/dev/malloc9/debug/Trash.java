package dev.malloc9.debug;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.malloc9.api.runtime.Damage;
import dev.malloc9.debug.Pattern.Span;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fills freed items with a pattern (mtrash), and finds later writes to them.
 *
 * <p>FreeBSD keeps the last owner in the last bytes of the item. Here the {@link BlockRecord} names the owner, and the pattern reaches to
 * the end of the item.
 */
public final class Trash {

    private Trash() {}

    /**
     * Fills a freed item with the pattern.
     *
     * @param memory the memory of the kernel map
     * @param item the offset of the item in that memory
     * @param itemBytes the size of the item in bytes
     */
    public static void fill(MemorySegment memory, long item, long itemBytes) {
        Pattern.TRASH.fill(memory, item, item + itemBytes);
    }

    /**
     * Returns the damage to a freed item, or null if there is none.
     *
     * @param memory the memory of the kernel map
     * @param item the offset of the item in that memory
     * @param itemBytes the size of the item in bytes
     * @param record the record of the item's last block
     */
    public static @Nullable Damage damage(MemorySegment memory, long item, long itemBytes, BlockRecord record) {
        Span span = Pattern.TRASH.damage(memory, item, item + itemBytes);
        if (span == null) {
            return null;
        }
        long word = item + ((span.first() - item) & -Integer.BYTES);
        long start = memory.address();
        List<String> report = Messages.modifiedAfterFree(
                start + item, itemBytes, memory.get(JAVA_INT_UNALIGNED, word), start + word, record);
        return DamageLog.of(Damage.Kind.AFTER_FREE, span, item + record.front, record, record.freed(), report);
    }
}
