package malloc9.benchmarks.workloads;

/** What time is measured by. */
enum Clock {
    /** The time that the calling thread has run. */
    CPU {
        @Override
        long nanos() {
            return Sampling.THREADS.getCurrentThreadCpuTime();
        }
    },

    /** The time on the wall, for what threads do to each other. */
    WALL {
        @Override
        long nanos() {
            return System.nanoTime();
        }
    };

    abstract long nanos();
}
