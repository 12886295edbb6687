package malloc9.malloc;

/** With all types watched, so that every request takes the slow path. */
class StressUnderWatchTest extends StressTest {

    StressUnderWatchTest() {
        kernel.operator().profile(true);
    }
}
