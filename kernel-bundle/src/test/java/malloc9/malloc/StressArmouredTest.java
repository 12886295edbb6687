package malloc9.malloc;

import malloc9.api.runtime.Level;

/** At level I. */
class StressArmouredTest extends StressTest {

    StressArmouredTest() {
        kernel.operator().level(Level.I);
    }
}
