package malloc9.malloc;

import malloc9.malloc.KernelTest.BootedWith;

/** The size classes that a kernel has unless told otherwise. */
@BootedWith(sizeClasses = "fine")
class StressWithFineClassesTest extends StressTest {}
