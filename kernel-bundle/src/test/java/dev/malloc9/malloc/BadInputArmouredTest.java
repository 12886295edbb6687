package dev.malloc9.malloc;

import dev.malloc9.api.runtime.Level;

/** The tests of {@code BadInputTest} at level I. */
class BadInputArmouredTest extends BadInputTest {

    BadInputArmouredTest() {
        kernel.operator().level(Level.I);
    }
}
