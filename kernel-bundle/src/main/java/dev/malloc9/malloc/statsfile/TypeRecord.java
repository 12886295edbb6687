package dev.malloc9.malloc.statsfile;

import static dev.malloc9.malloc.statsfile.Layout.MEMALLOCED;
import static dev.malloc9.malloc.statsfile.Layout.MEMFREED;
import static dev.malloc9.malloc.statsfile.Layout.NUMALLOCS;
import static dev.malloc9.malloc.statsfile.Layout.NUMFREES;
import static dev.malloc9.malloc.statsfile.Layout.SIZE;
import static dev.malloc9.malloc.statsfile.Layout.STATS_WORDS;

/**
 * The record of a type in the statistics file: the counters of each CPU for this type (struct malloc_type_stats).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: {@link Layout}. The Java heap holds a copy of the words of the CPUs that have a record of their own.
 *   <li>Concurrency: a CPU counts inside its critical section, so that it alone writes its record. It adds to the copy on the heap and
 *       makes release stores into the file. The CPUs from {@link Layout#SHARED_CPU} on share a record and add atomically.
 *   <li>Invariants: a block is counted before it is handed out, and after it was taken back. If each block of the type is freed once, the
 *       sums of a dead process never have more frees than allocations. A reader that sums the records of a live process may find more. At
 *       malloc the number of blocks is stored before the bytes; at free it is stored after them. The usage therefore never shows bytes
 *       without a block. If the process dies, the record of each CPU lacks at most the operation that the CPU was executing. After a stack
 *       overflow in this class, it may also lack the last operation before that.
 *   <li>Cost: three stores into the file per malloc, two per free. In every other place, the records of neighbouring CPUs share a cache
 *       line, because the size of a place is not a multiple of a cache line.
 *   <li>Differs from BSD: FreeBSD finds the statistics of a dead kernel in its crash dump.
 * </ul>
 */
public final class TypeRecord {

    /** The number of the place, from 0. */
    final int place;

    private final MappedWords file;

    /** The offset of the CPUs' records in the file, in bytes. */
    private final long stats;

    /** The offset of the shared record in the file, in bytes. */
    private final long shared;

    /** The words of the CPUs that have a record of their own, one record after the other. Each CPU writes only its own words. */
    private final long[] own = new long[Layout.SHARED_CPU * STATS_WORDS];

    /**
     * Creates the record of a type.
     *
     * @param place the number of the place
     * @param stats the offset of the CPUs' records in the file, in bytes; the records are zero
     */
    TypeRecord(int place, MappedWords file, long stats) {
        this.place = place;
        this.file = file;
        this.stats = stats;
        this.shared = stats + Layout.SHARED_CPU * Layout.STATS_BYTES;
    }

    /**
     * Counts a block that is about to be handed out. The caller is inside a critical section of the CPU.
     *
     * @param cpu the number of the CPU
     * @param bytes the accounted size in bytes
     * @param sizeBit the bit of the block's class in the size mask, or 0
     */
    public void allocated(int cpu, long bytes, int sizeBit) {
        if (cpu >= Layout.SHARED_CPU) {
            file.or(shared + SIZE * Long.BYTES, sizeBit);
            file.add(shared + NUMALLOCS * Long.BYTES, 1);
            file.add(shared + MEMALLOCED * Long.BYTES, bytes);
            return;
        }
        int record = cpu * STATS_WORDS;
        own[record + NUMALLOCS]++;
        own[record + MEMALLOCED] += bytes;
        own[record + SIZE] |= sizeBit;
        try {
            store(record + SIZE);
            store(record + NUMALLOCS);
            store(record + MEMALLOCED);
        } catch (StackOverflowError deep) {
            // The block has changed hands. The CPU's next allocation stores these words again, because they are sums.
        }
    }

    /**
     * Counts a block that was taken back. The caller is inside a critical section of the CPU.
     *
     * @param cpu the number of the CPU
     * @param bytes the accounted size in bytes
     */
    public void freed(int cpu, long bytes) {
        if (cpu >= Layout.SHARED_CPU) {
            file.add(shared + MEMFREED * Long.BYTES, bytes);
            file.add(shared + NUMFREES * Long.BYTES, 1);
            return;
        }
        int record = cpu * STATS_WORDS;
        own[record + NUMFREES]++;
        own[record + MEMFREED] += bytes;
        try {
            store(record + MEMFREED);
            store(record + NUMFREES);
        } catch (StackOverflowError deep) {
            // The block has changed hands. The CPU's next free stores these words again, because they are sums.
        }
    }

    /**
     * Records that a request for a size class failed. The caller is inside a critical section of the CPU.
     *
     * @param cpu the number of the CPU
     * @param sizeBit the bit of the class in the size mask, or 0
     */
    public void failed(int cpu, int sizeBit) {
        if (cpu >= Layout.SHARED_CPU) {
            file.or(shared + SIZE * Long.BYTES, sizeBit);
            return;
        }
        own[cpu * STATS_WORDS + SIZE] |= sizeBit;
        store(cpu * STATS_WORDS + SIZE);
    }

    /** Stores a word of the copy on the heap into the file. */
    private void store(int word) {
        file.put(stats + (long) word * Long.BYTES, own[word]);
    }
}
