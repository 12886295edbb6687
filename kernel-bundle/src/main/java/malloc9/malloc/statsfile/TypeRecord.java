package malloc9.malloc.statsfile;

import static malloc9.malloc.statsfile.Layout.MEMALLOCED;
import static malloc9.malloc.statsfile.Layout.MEMFREED;
import static malloc9.malloc.statsfile.Layout.NUMALLOCS;
import static malloc9.malloc.statsfile.Layout.NUMFREES;
import static malloc9.malloc.statsfile.Layout.SIZE;
import static malloc9.malloc.statsfile.Layout.STATS_WORDS;

/**
 * A type's place in the statistics file: what each CPU has counted for it (struct malloc_type_stats).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: {@link Layout}; beside it on the heap the same words for the CPUs that have a record of their own.
 *   <li>Concurrency: a CPU counts inside its critical section, so that it alone writes its record, by plain adds on the heap
 *       and release stores into the file. The CPUs from {@link Layout#SHARED_CPU} on share a record and add atomically.
 *   <li>Invariants: a block is counted before it is handed out, and after it was taken back: nobody ever reads more frees than
 *       allocations of a type whose blocks are freed once. A block's number comes before its bytes, and goes after them: what
 *       is in use never has bytes without a block. Whenever the process dies, each CPU lacks or shows at most the operation
 *       that it was in.
 *   <li>Cost: three stores for a request, two for a free. Records of neighbours share a cache line in every other place,
 *       since the stream's records are not a multiple of one.
 *   <li>Differs from BSD: there the statistics of a dead kernel are in its crash dump.
 * </ul>
 */
public final class TypeRecord {

    final int place;
    private final MappedWords file;

    /** Where the records of its CPUs lie. */
    private final long stats;

    /** Where the shared one does. */
    private final long shared;

    private final long[] own = new long[Layout.SHARED_CPU * STATS_WORDS];

    /** @param stats where the records of all CPUs lie, zeroed */
    TypeRecord(int place, MappedWords file, long stats) {
        this.place = place;
        this.file = file;
        this.stats = stats;
        this.shared = stats + Layout.SHARED_CPU * Layout.STATS_BYTES;
    }

    /**
     * Counts a block that is about to be handed out.
     *
     * @param sizeBit its class's bit of the size mask, or 0
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
            // The block has changed hands. The CPU's next allocation stores these words again: they are sums.
        }
    }

    /** Counts a block that was taken back. */
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
            // As above.
        }
    }

    /** Notes that a class was asked for in vain. */
    public void failed(int cpu, int sizeBit) {
        if (cpu >= Layout.SHARED_CPU) {
            file.or(shared + SIZE * Long.BYTES, sizeBit);
            return;
        }
        own[cpu * STATS_WORDS + SIZE] |= sizeBit;
        store(cpu * STATS_WORDS + SIZE);
    }

    private void store(int word) {
        file.put(stats + (long) word * Long.BYTES, own[word]);
    }
}
