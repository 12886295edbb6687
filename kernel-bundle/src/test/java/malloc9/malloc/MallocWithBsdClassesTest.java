package malloc9.malloc;

import malloc9.kernel.Tunables;

/** FreeBSD's own size classes give the same figures: what is above a page is a page run there. */
class MallocWithBsdClassesTest extends MallocTest {

    MallocWithBsdClassesTest() {
        super(new Tunables(64L << 20, 1 << 20, SizeClasses.BSD, ZoneSets.ONE));
    }
}
