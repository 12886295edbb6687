package dev.malloc9.malloc;

import dev.malloc9.api.runtime.Level;

/** The tests of {@code StressTest} at level I, with the statistics of all types in a file. */
@KernelTest.BootedWith(recorded = true)
class StressRecordedArmouredTest extends StressTest {

    StressRecordedArmouredTest() {
        kernel.operator().level(Level.I);
    }
}
