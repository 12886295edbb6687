package malloc9.malloc;

/** With all types watched, so that every request takes the slow path. */
class BadInputUnderWatchTest extends BadInputTest {

    BadInputUnderWatchTest() {
        kernel.operator().profile(true);
    }
}
