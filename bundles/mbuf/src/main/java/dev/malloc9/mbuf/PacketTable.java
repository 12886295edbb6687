package dev.malloc9.mbuf;

import dev.malloc9.mbuf.Storage.Packet;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A hash table that maps the address of an item of the packet zone to its packet.
 *
 * <p>Implementation note.
 * <pre>
 *   address | number of the 64 KiB region: its row, modulo the number of rows | 256 bytes: the place in the row | 0 |
 * </pre>
 * <ul>
 *   <li>Layout: a row has one place for each 256 bytes of a 64 KiB region. The number of rows is a power of two. It is doubled while
 *       two regions with packets have the same row.
 *   <li>Concurrency: changed under this object's monitor. Only a thread that was given an item reads without the monitor. The packet
 *       is entered before the zone can hand the item out.
 *   <li>Invariants: a packet stays in its place from the zone's init to its fini.
 *   <li>Cost: two array loads. The number of the packet could be stored in the item's own memory, but then that memory would be
 *       touched.
 * </ul>
 */
final class PacketTable {

    private static final int ROW_SHIFT = 16;
    private static final int ITEM_SHIFT = 8;
    private static final int ROW = 1 << (ROW_SHIFT - ITEM_SHIFT);
    private static final int ROWS = 16;

    private @Nullable Packet[] @Nullable [] rows = new Packet[ROWS][];

    /**
     * The number of the region of each row; meaningless for a row without packets. Guarded by this object's monitor, as the next two
     * fields.
     */
    private long[] numbers = new long[ROWS];

    /** The number of packets in each row. */
    private int[] entries = new int[ROWS];

    private int size;

    /** Returns the packet of an item in use. For any other address, returns null or an unrelated packet. */
    @Nullable
    Packet at(long address) {
        @Nullable Packet[] @Nullable [] known = rows;
        @Nullable Packet[] row = known[(int) (address >>> ROW_SHIFT) & (known.length - 1)];
        return row == null ? null : row[place(address)];
    }

    /** Returns the number of packets. */
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
