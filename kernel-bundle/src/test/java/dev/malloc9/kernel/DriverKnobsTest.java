package dev.malloc9.kernel;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RD;
import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RWTUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.malloc9.api.sysctl.DriverKnob;
import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.KnobType;
import dev.malloc9.api.sysctl.SysctlFailed;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DriverKnobsTest {

    private final Kernel kernel = Kernel.boot();
    private final Map<String, String> environment = new HashMap<>();
    private final DriverKnobs knobs = kernel.knobs(environment::get);

    @AfterEach
    void close() {
        kernel.close();
    }

    /** A knob with a number that accepts only even values at run time. */
    private static final class Even implements DriverKnob {

        private final Knob knob;
        private long value = 2;

        Even(String name, KnobType type, int flags) {
            knob = new Knob(name, type, flags, "I", "even", "", "2");
        }

        @Override
        public Knob knob() {
            return knob;
        }

        @Override
        public long get() {
            return value;
        }

        @Override
        public boolean set(long number) {
            if (number % 2 != 0) {
                return false;
            }
            value = number;
            return true;
        }

        @Override
        public void tune(long number) {
            value = number;
        }
    }

    @Test
    void aKnobIsInTheTreeUntilItIsRemoved() {
        Even even = new Even("kern.even", KnobType.INT, CTLFLAG_RWTUN);
        assertThat(knobs.add(even)).isTrue();
        kernel.sysctl().writeText("kern.even", "8");
        assertThat(kernel.sysctl().readText("kern.even")).isEqualTo("8");
        assertThatExceptionOfType(SysctlFailed.class)
                .isThrownBy(() -> kernel.sysctl().writeText("kern.even", "9"))
                .satisfies(failed -> assertThat(failed.errno()).isEqualTo(Errno.EINVAL));
        knobs.remove(even);
        assertThatExceptionOfType(SysctlFailed.class)
                .isThrownBy(() -> kernel.sysctl().readText("kern.even"))
                .satisfies(failed -> assertThat(failed.errno()).isEqualTo(Errno.ENOENT));
        assertThat(knobs.add(even)).as("again").isTrue();
    }

    @Test
    void driverTunableTakesItsBootValue() {
        environment.put("kern.even", "4k");
        environment.put("kern.fixed", "4k");
        environment.put("kern.text", "many");
        knobs.add(new Even("kern.even", KnobType.INT, CTLFLAG_RWTUN));
        knobs.add(new Even("kern.fixed", KnobType.INT, CTLFLAG_RD));
        knobs.add(new Even("kern.text", KnobType.INT, CTLFLAG_RWTUN));
        assertThat(kernel.sysctl().readText("kern.even")).isEqualTo("4096");
        assertThat(kernel.sysctl().readText("kern.fixed")).isEqualTo("2");
        assertThat(kernel.sysctl().readText("kern.text")).isEqualTo("2");
        assertThat(kernel.runtime().messages().getLast()).endsWith("tunable kern.text is ignored: not a number: many");
    }

    @Test
    void aNameOrADescriptionThatCouldForgeALineIsLeftOut() {
        assertThat(knobs.add(new Even("kern.x\nkern.malloc_count: 0", KnobType.INT, CTLFLAG_RD)))
                .isFalse();
        assertThat(last())
                .endsWith("a driver's knob kern.x\\u000akern.malloc_count: 0 is left out:"
                        + " not letters, digits, _, % and - with dots between them");
        Knob painted = new Knob("kern.painted", KnobType.OPAQUE, CTLFLAG_RD, "S,x", "red \u001b[31m", "", "");
        assertThat(knobs.add(new Structure(painted))).isFalse();
        assertThat(last())
                .endsWith(
                        "a driver's knob kern.painted is left out: it has characters that cannot be printed: red \\u001b[31m");
    }

    @Test
    void readOnlyKnobIsNotWritten() {
        knobs.add(new Even("kern.even", KnobType.INT, CTLFLAG_RD));
        assertThatExceptionOfType(SysctlFailed.class)
                .isThrownBy(() -> kernel.sysctl().writeText("kern.even", "8"))
                .satisfies(failed -> assertThat(failed.errno()).isEqualTo(Errno.EPERM));
    }

    /** A knob with a structure whose bytes are its name in ASCII. */
    private record Structure(Knob knob) implements DriverKnob {

        Structure(String name, int flags) {
            this(new Knob(name, KnobType.OPAQUE, flags, "S,name", "its name", "", ""));
        }

        @Override
        public byte[] bytes() {
            return knob.name().getBytes(StandardCharsets.US_ASCII);
        }
    }

    @Test
    void aStructureIsReadAndNeverWritten() {
        Structure structure = new Structure("kern.structure", CTLFLAG_RD);
        assertThat(knobs.add(structure)).isTrue();
        assertThat(kernel.sysctl().read("kern.structure")).isEqualTo(structure.bytes());
        assertThat(kernel.sysctl().readText("kern.structure"))
                .isEqualTo("Format:S,name Length:14 Dump:0x6b65726e2e737472756374757265");
        assertThatExceptionOfType(SysctlFailed.class)
                .isThrownBy(() -> kernel.sysctl().write("kern.structure", new byte[14]))
                .satisfies(failed -> assertThat(failed.errno()).isEqualTo(Errno.EPERM));
        assertThat(knobs.add(new Structure("kern.writable", CTLFLAG_RWTUN))).isFalse();
        assertThat(last()).endsWith("a driver's knob kern.writable is left out: a structure can only be read");
    }

    @Test
    void refusedKnobIsReportedAndLeftOut() {
        assertThat(knobs.add(new Even("kern.maxusers", KnobType.INT, CTLFLAG_RD)))
                .isFalse();
        assertThat(last())
                .endsWith("a driver's knob kern.maxusers is left out: sysctl: kern.maxusers is declared twice");
        assertThat(knobs.add(new Even("net.inet", KnobType.INT, CTLFLAG_RD))).isFalse();
        assertThat(last()).endsWith("a driver's knob net.inet is left out: sysctl: net.inet lies below no node");
        assertThat(knobs.add(new Even("kern.text", KnobType.STRING, CTLFLAG_RD)))
                .isFalse();
        assertThat(last()).endsWith("a driver's knob kern.text is left out: its type STRING is no number");
        knobs.remove(new Even("kern.maxusers", KnobType.INT, CTLFLAG_RD));
        assertThat(kernel.sysctl().readText("kern.maxusers")).isNotEqualTo("2");
    }

    private String last() {
        return kernel.runtime().messages().getLast();
    }
}
