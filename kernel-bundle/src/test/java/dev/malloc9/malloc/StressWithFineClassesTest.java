package dev.malloc9.malloc;

import dev.malloc9.malloc.KernelTest.BootedWith;

/** The tests of {@code StressTest} with the size classes that are the default of a kernel. */
@BootedWith(sizeClasses = "fine")
class StressWithFineClassesTest extends StressTest {}
