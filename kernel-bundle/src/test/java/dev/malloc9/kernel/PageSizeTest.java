package dev.malloc9.kernel;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.Level;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests kernels in a JVM that is told a larger OS page size: the kernel asks for the page size and assumes none. */
@Tag("slow")
class PageSizeTest {

    @MallocDefine(name = "paged")
    static final MallocType M_PAGED = MallocType.define();

    /** The program of the forked JVM: allocates, checks and frees blocks of many sizes, with each preset at each level. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            int page = Integer.parseInt(arguments[0]);
            for (String preset : new String[] {"bsd", "pages", "fine"}) {
                Tunables tunables =
                        Tunables.from(name -> name.equals("vm.malloc.size_classes") ? preset : null, 256L << 20);
                try (Kernel kernel = Kernel.boot(tunables)) {
                    for (Level level : Level.values()) {
                        kernel.operator().level(level);
                        check(kernel, page);
                    }
                    if (preset.equals("bsd")) {
                        System.out.println(kernel.sysctl().readText("vm.malloc.zone_sizes"));
                    }
                }
            }
        }

        private static void check(Kernel kernel, int page) {
            List<MemorySegment> blocks = new ArrayList<>();
            for (int size = 16; size <= 1 << 20; size *= 2) {
                for (int request : new int[] {size - 1, size, size + 1}) {
                    MemorySegment block = kernel.malloc().malloc(request, M_PAGED, M_WAITOK | M_ZERO);
                    require(block.get(ValueLayout.JAVA_BYTE, request - 1) == 0, "zero", request);
                    block.fill((byte) 1);
                    require(request != size || block.address() % Math.min(size, page) == 0, "aligned", request);
                    blocks.add(block);
                }
            }
            MemorySegment contiguous =
                    kernel.malloc().contigmalloc(page + 1, M_PAGED, M_WAITOK, 0, Long.MAX_VALUE, page, 0);
            require(contiguous.address() % page == 0, "contiguous", page);
            kernel.malloc().contigfree(contiguous, page + 1, M_PAGED);
            blocks.forEach(block -> kernel.malloc().free(block, M_PAGED));
            kernel.operator().trim();
            require(kernel.runtime().panics().isEmpty(), "panics", page);
        }

        private static void require(boolean condition, String what, long number) {
            if (!condition) {
                throw new IllegalStateException(what + ": " + number);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "16384, 16 32 64 128 256 512 1024 2048 4096 8192 16384 0",
        "65536, 16 32 64 128 256 512 1024 2048 4096 8192 16384 32768 65536 0"
    })
    void kernelWorksWithLargerPages(int page, String sizes) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dmalloc9.page_size=" + page,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        Integer.toString(page))
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed.lines()).contains(sizes);
    }
}
