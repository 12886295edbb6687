package dev.malloc9.stress;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.kernel.LoadableKernel;
import dev.malloc9.kernel.Tunables;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A measurement of the time that the stop of a module takes if the module leaves a hundred blocks, guarded or not. Other threads allocate
 * and free meanwhile.
 */
final class Stops {

    @MallocDefine(name = "busy")
    private static final MallocType M_BUSY = MallocType.define();

    @MallocDefine(name = "leaver")
    private static final MallocType M_LEAVER = MallocType.define();

    /** The numbers of busy threads, which are measured one after the other. */
    static final List<Integer> BUSY_THREADS = List.of(1, 8, 64);

    /** The number of stops that are not timed. */
    static final int WARM_UP = 10;

    private static final int BLOCKS = 100;
    private static final long MAP = 64L << 20;

    private volatile boolean working = true;

    private Stops() {}

    /**
     * The times of the stops.
     *
     * @param threads the number of busy threads
     * @param guarded the number of blocks that were guarded, including those of the stops that were not timed; 0 without guarding
     * @param nanos the nanoseconds of each stop, in ascending order
     */
    record Times(int threads, long guarded, List<Long> nanos) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%2d busy threads%s: a stop takes %.2f ms (median), %.2f ms (of 100 one takes longer), %.2f ms at most",
                    threads,
                    guarded > 0 ? ", guarded" : "",
                    millis(nanos.size() / 2),
                    millis(nanos.size() * 99 / 100),
                    millis(nanos.size() - 1));
        }

        private double millis(int index) {
            return nanos.get(index) / 1e6;
        }
    }

    /**
     * Measures that many stops, at least one, after {@code WARM_UP} others.
     *
     * @param threads the number of busy threads
     * @param guarded whether the blocks that the modules leave are guarded
     */
    static Times run(int threads, int stops, boolean guarded) throws InterruptedException {
        return new Stops().times(threads, stops, guarded);
    }

    private Times times(int threads, int stops, boolean guarded) throws InterruptedException {
        try (LoadableKernel loader = new LoadableKernel(new Tunables(MAP))) {
            loader.kernel().sysctl().writeText("vm.memguard.desc", guarded ? "leaver" : "");
            loader.load(new ModuleId("busy", "1", 1), List.of(M_BUSY));
            List<Thread> busy = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                busy.add(Thread.ofPlatform().start(() -> work(loader)));
            }
            long[] nanos = new long[stops];
            try {
                for (int i = -WARM_UP; i < stops; i++) {
                    long taken = stop(loader);
                    if (i >= 0) {
                        nanos[i] = taken;
                    }
                }
            } finally {
                working = false;
                for (Thread thread : busy) {
                    thread.join();
                }
            }
            long left = Long.parseLong(loader.kernel().sysctl().readText("vm.memguard.numalloc"));
            return new Times(
                    threads, left, Arrays.stream(nanos).sorted().boxed().toList());
        }
    }

    private void work(LoadableKernel loader) {
        while (working) {
            MemorySegment block = loader.kernel().malloc().malloc(64, M_BUSY, M_WAITOK);
            loader.kernel().malloc().free(block, M_BUSY);
        }
    }

    private static long stop(LoadableKernel loader) throws InterruptedException {
        Owner owner = loader.load(new ModuleId("leaver", "1", 2), List.of(M_LEAVER));
        List<MemorySegment> blocks = new ArrayList<>();
        for (int i = 0; i < BLOCKS; i++) {
            blocks.add(loader.kernel().malloc().malloc(128, M_LEAVER, M_WAITOK));
        }
        long begun = System.nanoTime();
        loader.unload(owner);
        long taken = System.nanoTime() - begun;
        // The scopes of guarded blocks end after the stop. Waits for them, so that they do not end within the time of
        // the next stop.
        while (blocks.stream().anyMatch(block -> block.scope().isAlive())) {
            Thread.sleep(1);
        }
        return taken;
    }
}
