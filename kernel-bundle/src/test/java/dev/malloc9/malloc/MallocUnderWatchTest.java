package dev.malloc9.malloc;

/** The tests of {@code MallocTest} with a policy on all types, so that every request takes the slow path. */
class MallocUnderWatchTest extends MallocTest {

    MallocUnderWatchTest() {
        kernel.operator().profile(true);
    }
}
