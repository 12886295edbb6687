package malloc9.malloc;

/** With all types watched, so that every request takes the slow path. */
class MisuseUnderWatchTest extends MisuseTest {

    MisuseUnderWatchTest() {
        kernel.subsystem.operator().profile(true);
    }
}
