package dev.malloc9.stress;

import java.util.concurrent.atomic.LongAdder;

/** The number of operations of a source that the threads have counted, for a comparison with the kernel's statistics. */
record Tally(LongAdder allocs, LongAdder frees) {

    Tally() {
        this(new LongAdder(), new LongAdder());
    }
}
