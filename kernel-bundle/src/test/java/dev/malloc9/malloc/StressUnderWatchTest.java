package dev.malloc9.malloc;

/** The tests of {@code StressTest} with a policy on all types, so that every request takes the slow path. */
class StressUnderWatchTest extends StressTest {

    StressUnderWatchTest() {
        kernel.operator().profile(true);
    }
}
