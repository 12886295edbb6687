package dev.malloc9.malloc;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The tests of {@code KernelStopTest} with every block guarded. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
class KernelStopUnderGuardTest extends KernelStopTest {

    KernelStopUnderGuardTest() {
        kernel.sysctl().writeText("vm.memguard.frequency", "100000");
    }
}
