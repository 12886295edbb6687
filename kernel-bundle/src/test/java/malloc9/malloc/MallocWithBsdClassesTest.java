package malloc9.malloc;

import malloc9.malloc.KernelTest.BootedWith;

/** FreeBSD's own size classes give the same figures: what is above a page is a page run there. */
@BootedWith(sizeClasses = "bsd")
class MallocWithBsdClassesTest extends MallocTest {}
