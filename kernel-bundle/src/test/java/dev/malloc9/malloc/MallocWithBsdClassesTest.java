package dev.malloc9.malloc;

import dev.malloc9.malloc.KernelTest.BootedWith;

/**
 * The tests of {@code MallocTest} with FreeBSD's own size classes, which give the same figures although a size above a page is a page run
 * there.
 */
@BootedWith(sizeClasses = "bsd")
class MallocWithBsdClassesTest extends MallocTest {}
