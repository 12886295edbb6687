package dev.malloc9.malloc;

/** The tests of {@code StressTest} with a policy on all types, and with their statistics in a file. */
@KernelTest.BootedWith(recorded = true)
class StressRecordedUnderWatchTest extends StressTest {

    StressRecordedUnderWatchTest() {
        kernel.operator().profile(true);
    }
}
