package malloc9.malloc;

/** With all types watched, so that every request takes the slow path. */
class ExhaustionUnderWatchTest extends ExhaustionTest {

    ExhaustionUnderWatchTest() {
        kernel.operator().profile(true);
    }
}
