package dev.malloc9.malloc;

import dev.malloc9.api.runtime.Level;

/** The tests of {@code StressTest} at level I. */
class StressArmouredTest extends StressTest {

    StressArmouredTest() {
        kernel.operator().level(Level.I);
    }
}
