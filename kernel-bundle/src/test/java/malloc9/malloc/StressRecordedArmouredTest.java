package malloc9.malloc;

import malloc9.api.runtime.Level;

/** At level I, and recorded. */
@KernelTest.BootedWith(recorded = true)
class StressRecordedArmouredTest extends StressTest {

    StressRecordedArmouredTest() {
        kernel.operator().level(Level.I);
    }
}
