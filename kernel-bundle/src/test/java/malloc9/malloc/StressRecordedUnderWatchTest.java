package malloc9.malloc;

/** With all types watched, and their statistics in a file. */
@KernelTest.BootedWith(recorded = true)
class StressRecordedUnderWatchTest extends StressTest {

    StressRecordedUnderWatchTest() {
        kernel.operator().profile(true);
    }
}
