package malloc9.malloc;

import malloc9.api.runtime.Level;

/** At level I. */
class BadInputArmouredTest extends BadInputTest {

    BadInputArmouredTest() {
        kernel.operator().level(Level.I);
    }
}
