package dev.malloc9.stress.kill;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The truth about a victim: the operations that each of its threads has begun and has done. Its file belongs to the test and survives the
 * kill, like the statistics file.
 *
 * <p>A word has one writer. The begun counters are stored before an operation, the done counters after it. The statistics of a type lie
 * between the sums of both, which differ by at most one operation of each thread.
 *
 * <pre>
 *   thread t at t * 256:  phase | own type: begun[4] done[4] | shared: begun[4] done[4]      words of 8 bytes
 *   counters of 4:        memalloced memfreed numallocs numfrees
 * </pre>
 */
final class Truth {

    static final int COUNTERS = 4;
    static final int MEMALLOCED = 0;
    static final int MEMFREED = 1;
    static final int NUMALLOCS = 2;
    static final int NUMFREES = 3;

    /** The phases of a thread's own type. */
    static final long GONE = 0;

    static final long COMING = 1;
    static final long HERE = 2;
    static final long GOING = 3;

    private static final long THREAD_BYTES = 256;
    private static final int TYPE_WORDS = 2 * COUNTERS;
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final MemorySegment file;

    private Truth(MemorySegment file) {
        this.file = file;
    }

    /**
     * Opens the file, and creates it if there is none.
     *
     * @param threads the number of threads of the victim
     */
    static Truth in(Path path, int threads) throws IOException {
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            return new Truth(channel.map(FileChannel.MapMode.READ_WRITE, 0, threads * THREAD_BYTES, Arena.ofAuto()));
        }
    }

    long phase(int thread) {
        return (long) LONG.getAcquire(file, thread * THREAD_BYTES);
    }

    void phase(int thread, long phase) {
        LONG.setRelease(file, thread * THREAD_BYTES, phase);
    }

    /**
     * Returns a counter of the operations that a thread has begun.
     *
     * @param shared whether the operations are on the shared type, and not on the thread's own
     */
    long begun(int thread, boolean shared, int counter) {
        return (long) LONG.getAcquire(file, offset(thread, shared, counter));
    }

    long done(int thread, boolean shared, int counter) {
        return (long) LONG.getAcquire(file, offset(thread, shared, COUNTERS + counter));
    }

    void begin(int thread, boolean shared, int counter, long delta) {
        LONG.setRelease(file, offset(thread, shared, counter), done(thread, shared, counter) + delta);
    }

    void end(int thread, boolean shared, int counter) {
        LONG.setRelease(file, offset(thread, shared, COUNTERS + counter), begun(thread, shared, counter));
    }

    /** Sets the counters of a thread's own type to 0, before a new life of that type. */
    void clear(int thread) {
        for (int counter = 0; counter < TYPE_WORDS; counter++) {
            LONG.setRelease(file, offset(thread, false, counter), 0L);
        }
    }

    private static long offset(int thread, boolean shared, int word) {
        return thread * THREAD_BYTES + Long.BYTES * (1 + (shared ? TYPE_WORDS : 0) + (long) word);
    }
}
