package dev.malloc9.malloc;

/** The tests of {@code ExhaustionTest} with a policy on all types, so that every request takes the slow path. */
class ExhaustionUnderWatchTest extends ExhaustionTest {

    ExhaustionUnderWatchTest() {
        kernel.operator().profile(true);
    }
}
