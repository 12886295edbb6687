package dev.malloc9.benchmarks.workloads;

/** The clocks that measure time. */
enum Clock {
    /** The CPU time of the calling thread. */
    CPU {
        @Override
        long nanos() {
            return Sampling.THREADS.getCurrentThreadCpuTime();
        }
    },

    /** The wall time, for figures in which threads wait for each other or share processors. */
    WALL {
        @Override
        long nanos() {
            return System.nanoTime();
        }
    };

    abstract long nanos();
}
