package dev.malloc9.malloc;

/** The tests of {@code BadInputTest} with a policy on all types, so that every request takes the slow path. */
class BadInputUnderWatchTest extends BadInputTest {

    BadInputUnderWatchTest() {
        kernel.operator().profile(true);
    }
}
