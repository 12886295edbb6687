package malloc9.stress;

import java.util.concurrent.atomic.LongAdder;

/** What the threads counted of a source's operations, to be compared with what the kernel did. */
record Tally(LongAdder allocs, LongAdder frees) {

    Tally() {
        this(new LongAdder(), new LongAdder());
    }
}
