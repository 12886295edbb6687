package dev.malloc9.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.Tunables;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Row 12, 66ca9cb573: the old name kern.vm.kmem.size has no effect, and no message mentions it. */
class Row12ObsoleteTunableTest {

    @Test
    void theOldNameAloneHasNoEffectAndPrintsNothing() {
        Tunables plain = Tunables.from(name -> null, 1L << 30);
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream ear = new PrintStream(said, true, StandardCharsets.UTF_8);
        System.setOut(ear);
        System.setErr(ear);
        try {
            Tunables tunables = Tunables.from(Map.of("kern.vm.kmem.size", "64m")::get, 1L << 30);
            assertThat(tunables).isEqualTo(plain);
            try (Kernel kernel = Kernel.boot(tunables)) {
                assertThat(kernel.sysctl().readText("vm.kmem_size")).isEqualTo("1073741824");
                assertThat(kernel.runtime().messages()).noneMatch(line -> line.contains("kmem.size"));
                assertThatThrownBy(() -> kernel.sysctl().read("kern.vm.kmem.size"))
                        .hasMessage("unknown oid 'kern.vm.kmem.size': No such file or directory");
            }
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
    }
}
