package malloc9.malloc;

/** With all types watched, so that every request takes the slow path. */
class MallocUnderWatchTest extends MallocTest {

    MallocUnderWatchTest() {
        kernel.operator().profile(true);
    }
}
