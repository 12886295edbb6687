package malloc9.malloc;

import static org.assertj.core.api.Assertions.assertThat;

import malloc9.pcpu.Cpus;
import org.junit.jupiter.api.Test;

/** Whichever kernel C2 knows: each works on its own ground. */
class GroundTest {

    @Test
    void eachKernelStandsOnItsOwnGround() {
        Ground first = ground(4096);
        Ground second = ground(8192);
        first.settle();
        second.settle();
        assertThat(first.known()).isSameAs(first);
        assertThat(second.known()).isSameAs(second);
        first.leave();
        second.settle();
        assertThat(first.known()).isSameAs(first);
        assertThat(second.known()).isSameAs(second);
        second.leave();
        assertThat(second.known()).isSameAs(second);
    }

    private static Ground ground(long base) {
        Cpus cpus = new Cpus();
        return new Ground(cpus, cpus.threads(), new int[1][], SizeClasses.BSD.table(), base, 1);
    }
}
