package dev.malloc9.malloc;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The tests of {@code StressTest} with one of twenty blocks guarded. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
class StressUnderGuardTest extends StressTest {

    StressUnderGuardTest() {
        kernel.sysctl().writeText("vm.memguard.frequency", "5000");
    }
}
