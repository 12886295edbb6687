package dev.malloc9.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.SysctlFailed;
import dev.malloc9.malloc.Subsystem;
import org.junit.jupiter.api.Test;

/** Row 28, 711726cd79: the text knob kern.malloc does not exist any more; the binary stream and its readers replace it. */
class Row28TextKnobIsGoneTest {

    @Test
    void kernMallocIsUnknown() {
        try (Subsystem kernel = new Subsystem()) {
            assertThatThrownBy(() -> kernel.sysctl().read("kern.malloc"))
                    .hasMessage("unknown oid 'kern.malloc': No such file or directory")
                    .extracting(failed -> ((SysctlFailed) failed).errno())
                    .isEqualTo(Errno.ENOENT);
            assertThat(kernel.sysctl().knobs("kern").stream().map(Knob::name))
                    .contains("kern.malloc_stats", "kern.malloc_count")
                    .doesNotContain("kern.malloc");
        }
    }
}
