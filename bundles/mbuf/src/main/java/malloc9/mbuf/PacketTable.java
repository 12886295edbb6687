package malloc9.mbuf;

import java.lang.invoke.VarHandle;
import malloc9.mbuf.Storage.Packet;
import org.jspecify.annotations.Nullable;

/**
 * Which packet an item of the packet zone is a part of, by the item's address.
 *
 * <p>Implementation note.
 * <pre>
 *   address | number of its 64 KiB: a row, modulo the rows | 256 bytes: the place in the row | 0 |
 * </pre>
 * <ul>
 *   <li>Layout: there are as many rows as tell all those numbers apart whose addresses have packets: a power of two, doubled when two meet.
 *   <li>Concurrency: changed under this, and read without by who was given the item: its packet was there before the zone had the item to give.
 *   <li>Invariants: a packet stands in its place from the zone's init to its fini.
 *   <li>Cost: two loads. The item's own memory, where a packet's number could lie as well, is touched by nobody.
 * </ul>
 */
final class PacketTable {

    private static final int ROW_SHIFT = 16;
    private static final int ITEM_SHIFT = 8;
    private static final int ROW = 1 << (ROW_SHIFT - ITEM_SHIFT);
    private static final int ROWS = 16;

    private @Nullable Packet[] @Nullable [] rows = new Packet[ROWS][];

    /** Whose row each is; guarded by this, as the next. */
    private long[] numbers = new long[ROWS];

    /** How many packets each has. */
    private int[] entries = new int[ROWS];

    private int size;

    /** The packet of an item in use. */
    @Nullable
    Packet at(long address) {
        @Nullable Packet[] @Nullable [] known = rows;
        @Nullable Packet[] row = known[(int) (address >>> ROW_SHIFT) & (known.length - 1)];
        return row == null ? null : row[place(address)];
    }

    /** How many packets there are. */
    synchronized int size() {
        return size;
    }

    synchronized void put(long address, Packet packet) {
        long number = address >>> ROW_SHIFT;
        int index = index(number);
        while (entries[index] != 0 && numbers[index] != number) {
            grow();
            index = index(number);
        }
        @Nullable Packet[] row = rows[index];
        if (row == null) {
            row = new Packet[ROW];
        }
        row[place(address)] = packet;
        numbers[index] = number;
        entries[index]++;
        size++;
        VarHandle.releaseFence();
        rows[index] = row;
    }

    synchronized @Nullable Packet remove(long address) {
        int index = index(address >>> ROW_SHIFT);
        @Nullable Packet[] row = rows[index];
        Packet packet = row == null ? null : row[place(address)];
        if (row != null && packet != null) {
            row[place(address)] = null;
            size--;
            if (--entries[index] == 0) {
                rows[index] = null;
            }
        }
        return packet;
    }

    private void grow() {
        int length = 2 * rows.length;
        @Nullable Packet[] @Nullable [] moreRows = new Packet[length][];
        long[] moreNumbers = new long[length];
        int[] moreEntries = new int[length];
        for (int i = 0; i < rows.length; i++) {
            int to = (int) numbers[i] & (length - 1);
            if (entries[i] != 0) {
                moreRows[to] = rows[i];
                moreNumbers[to] = numbers[i];
                moreEntries[to] = entries[i];
            }
        }
        numbers = moreNumbers;
        entries = moreEntries;
        VarHandle.releaseFence();
        rows = moreRows;
    }

    private int index(long number) {
        return (int) number & (rows.length - 1);
    }

    private static int place(long address) {
        return (int) (address >>> ITEM_SHIFT) & (ROW - 1);
    }
}
