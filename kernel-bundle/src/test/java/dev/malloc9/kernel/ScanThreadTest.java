package dev.malloc9.kernel;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.vm.WaitClock;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tests that the scan thread reports damage although the block is not freed. */
class ScanThreadTest {

    @MallocDefine(name = "swept")
    private static final MallocType M_SWEPT = MallocType.define();

    private final CountDownLatch warned = new CountDownLatch(1);
    private final List<String> warnings = new CopyOnWriteArrayList<>();

    private final Console console = new Console() {
        @Override
        public void warn(String logger, String line) {
            warnings.add(logger + ": " + line);
            warned.countDown();
        }

        @Override
        public void complain(String line) {
            warnings.add(line);
        }

        @Override
        public void log(String logger, String line) {}
    };

    @Test
    void backgroundScanReportsDamage() throws Exception {
        EmbeddedModules modules = new EmbeddedModules(Kernel.kernelModule(new ModuleId("malloc9", "embedded", 0), ""));
        Tunables tunables = Tunables.from(
                Map.of("vm.kmem_size", "16m", "debug.malloc.level", "I", "vm.malloc.verify_interval", "1")::get,
                1L << 30);
        try (Kernel kernel = Kernel.boot(tunables, modules, console, WaitClock.SYSTEM)) {
            modules.follow(kernel.subsystem());
            assertThat(kernel.sysctl().readText("vm.malloc.verify_interval")).isEqualTo("1");
            long block = kernel.rawMalloc().malloc(10, M_SWEPT, M_WAITOK);
            MemorySegment.ofAddress(block + 10).reinterpret(1).set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
            assertThat(warned.await(60, TimeUnit.SECONDS)).isTrue();
            kernel.sysctl().writeText("vm.malloc.verify_interval", "0");
            assertThat(kernel.runtime().damages())
                    .singleElement()
                    .extracting(Damage::offset, Damage::bytes, Damage::type)
                    .containsExactly(10L, 1L, "swept");
            assertThat(warnings.getFirst())
                    .isEqualTo("swept: REDZONE: Buffer overflow detected. 1 byte corrupted after 0x"
                            + Long.toHexString(block + 10)
                            + " (10 bytes allocated) of type 'swept' of dev.malloc9.kernel.ScanThreadTest  (0).");
            kernel.rawMalloc().free(block, M_SWEPT);
        }
    }

    @Test
    void unknownLevelIsIgnoredAndReported() {
        Map<String, String> environment = Map.of("vm.kmem_size", "16m", "debug.malloc.level", "Q");
        EmbeddedModules modules = new EmbeddedModules(Kernel.kernelModule(new ModuleId("malloc9", "embedded", 0), ""));
        try (Kernel kernel =
                Kernel.boot(Tunables.from(environment::get, 1L << 30), modules, console, WaitClock.SYSTEM)) {
            kernel.complain(List.of(), environment::get);
            assertThat(kernel.sysctl().readText("debug.malloc.level")).isEqualTo("R");
            assertThat(warnings).containsExactly("tunable debug.malloc.level is ignored: not R, I or G: Q");
        }
    }
}
