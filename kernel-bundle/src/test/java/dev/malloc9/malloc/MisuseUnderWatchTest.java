package dev.malloc9.malloc;

/** The tests of {@code MisuseTest} with a policy on all types, so that every request takes the slow path. */
class MisuseUnderWatchTest extends MisuseTest {

    MisuseUnderWatchTest() {
        kernel.subsystem.operator().profile(true);
    }
}
