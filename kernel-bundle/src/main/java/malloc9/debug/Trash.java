package malloc9.debug;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.List;
import malloc9.api.runtime.Damage;
import malloc9.debug.Pattern.Span;
import org.jspecify.annotations.Nullable;

/**
 * Trash is what a freed item is filled with, so that a later write to it shows (mtrash).
 *
 * <p>FreeBSD keeps the last owner in the item's last bytes; here he is in the {@link BlockRecord}, and the item is trash to its end.
 */
public final class Trash {

    private Trash() {}

    /** Fills an item that was freed. */
    public static void fill(MemorySegment memory, long item, long itemBytes) {
        Pattern.TRASH.fill(memory, item, item + itemBytes);
    }

    /**
     * What was written to a freed item, or null.
     *
     * @param memory the kernel map's
     * @param item where in it the item begins
     * @param record the item's last block
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
