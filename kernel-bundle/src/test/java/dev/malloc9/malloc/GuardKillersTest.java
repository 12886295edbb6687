package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.Tunables;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests each row of the table in ARMOUR.md: which accesses to a hole a JVM survives, and which accesses end the JVM. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
@Tag("slow")
class GuardKillersTest {

    /** The exit status of a JVM that aborts without writing a core file. */
    private static final int ABORTED = 1;

    @TempDir
    Path folder;

    /**
     * The program of the forked JVM: frees a guarded block, and accesses it in the way that the argument names. With the argument "cap", it
     * tests the number of holes instead.
     */
    static final class Child {

        @MallocDefine(name = "child")
        private static final MallocType M_CHILD = MallocType.define();

        private static final int BYTES = 8192;

        /** A number of calls that is enough for compilation by C2. */
        private static final int WARM = 20_000;

        private Child() {}

        public static void main(String[] arguments) throws Throwable {
            try (Kernel kernel = Kernel.boot(new Tunables(64 << 20))) {
                kernel.sysctl().writeText("vm.memguard.desc", "child");
                long address = kernel.rawMalloc().malloc(BYTES, M_CHILD, M_WAITOK);
                MemorySegment block = MemorySegment.ofAddress(address).reinterpret(BYTES);
                if (arguments[0].equals("cap")) {
                    cap(kernel);
                } else {
                    touch(arguments[0], kernel, block);
                    kernel.rawMemory().fence();
                    System.out.println("nothing happened");
                }
            } catch (InternalError | GuardHit | IOException survived) {
                System.out.println("survived " + survived.getClass().getSimpleName());
            }
        }

        private static void touch(String how, Kernel kernel, MemorySegment block) throws Throwable {
            MemorySegment whole = kernel.malloc().malloc(BYTES, M_CHILD, M_WAITOK);
            if (how.equals("equals")) {
                across(kernel, block);
            }
            if (how.equals("cas compiled")) {
                IntStream.range(0, WARM).forEach(i -> cas(block));
            }
            if (how.startsWith("widened") || how.startsWith("tested")) {
                IntStream.range(0, WARM).forEach(i -> fused(how, kernel, block, 0));
            }
            kernel.rawMalloc().free(block.address(), M_CHILD);
            switch (how) {
                case "get" -> block.get(JAVA_BYTE, 0);
                case "set" -> block.set(JAVA_BYTE, 0, (byte) 1);
                case "fill" -> block.fill((byte) 1);
                case "copy" -> MemorySegment.copy(block, 0, whole, 0, BYTES);
                case "mismatch" -> System.out.println(block.mismatch(whole));
                case "string" -> System.out.println(block.getString(0));
                case "native callee" -> strlen(block);
                case "crc32" -> new CRC32().update(block.asByteBuffer());
                case "crc32c" -> new CRC32C().update(block.asByteBuffer());
                case "adler32" -> new Adler32().update(block.asByteBuffer());
                case "system call" -> write(block.asByteBuffer());
                case "deflater" -> deflate(block.asByteBuffer());
                case "cas", "cas compiled" -> cas(block);
                case "widened", "widened by address", "tested", "tested by address" ->
                    System.out.println(fused(how, kernel, block.reinterpret(2 * BYTES), BYTES));
                default -> throw new IllegalArgumentException(how);
            }
        }

        /** Performs a read and its use, which C2 may merge into one instruction. */
        private static long fused(String how, Kernel kernel, MemorySegment block, int offset) {
            return switch (how) {
                case "widened" -> block.get(JAVA_INT, offset);
                case "widened by address" -> kernel.rawMemory().getInt(block.address() + offset);
                case "tested" -> (block.get(JAVA_BYTE, offset) & 4) == 0 ? 7 : 9;
                default -> (kernel.rawMemory().getByte(block.address() + offset) & 4) == 0 ? 7 : 9;
            };
        }

        private static void strlen(MemorySegment text) throws Throwable {
            Linker linker = Linker.nativeLinker();
            MethodHandle strlen = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("strlen"), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
            System.out.println((long) strlen.invokeExact(text.address()));
        }

        private static void write(ByteBuffer bytes) throws IOException {
            Path file = Files.createTempFile("malloc9-hole", null);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(bytes);
            } catch (IOException refused) {
                System.out.println("refused: " + refused.getMessage());
                throw refused;
            } finally {
                Files.delete(file);
            }
        }

        private static void deflate(ByteBuffer input) {
            try (Deflater deflater = new Deflater()) {
                deflater.setInput(input);
                deflater.finish();
                deflater.deflate(new byte[BYTES]);
            }
        }

        private static boolean cas(MemorySegment block) {
            VarHandle word = JAVA_INT.varHandle();
            return word.compareAndSet(block, 0L, 0, 0);
        }

        /** Compares two buffers with equal content, of which one is followed by a hole. */
        private static void across(Kernel kernel, MemorySegment block) {
            ByteBuffer other = ByteBuffer.allocateDirect(BYTES);
            int equal = 0;
            for (int i = 0; i < WARM; i++) {
                equal += block.asByteBuffer().equals(other) ? 1 : 0;
            }
            System.out.println(equal);
            ByteBuffer longer = MemorySegment.ofAddress(block.address())
                    .reinterpret(2 * BYTES)
                    .asByteBuffer();
            System.out.println(longer.equals(ByteBuffer.allocateDirect(2 * BYTES)));
            kernel.rawMemory().fence();
        }

        /**
         * Allocates as many guarded blocks as the limit allows, and tries one more. Then runs 200 threads and allocates 200 MiB of heap, as
         * a busy program does.
         */
        private static void cap(Kernel kernel) throws InterruptedException {
            long most = Long.parseLong(kernel.sysctl().readText("vm.memguard.max_blocks"));
            for (long block = 1; block < most; block++) {
                kernel.rawMalloc().malloc(1, M_CHILD, M_WAITOK);
            }
            kernel.rawMalloc().malloc(1, M_CHILD, M_WAITOK);
            System.out.println("many " + (most > 1000));
            System.out.println(
                    "blocks " + (most - Long.parseLong(kernel.sysctl().readText("vm.memguard.blocks"))) + " fail_kva "
                            + kernel.sysctl().readText("vm.memguard.fail_kva"));
            List<Thread> threads = IntStream.range(0, 200)
                    .mapToObj(i -> Thread.ofPlatform().start(() -> {}))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
            List<byte[]> heap = new ArrayList<>();
            for (int mib = 0; mib < 200; mib++) {
                heap.add(new byte[1 << 20]);
            }
            System.out.println("heap " + heap.size());
        }
    }

    @ParameterizedTest
    @CsvSource({"get", "set", "fill", "copy", "mismatch", "string"})
    void javaSurvives(String how) throws Exception {
        for (String mode : new String[] {"-Xmixed", "-Xint"}) {
            Run run = run(mode, how);
            assertThat(run.lines()).as(mode).containsAnyOf("survived InternalError", "survived GuardHit");
            assertThat(run.exit()).isZero();
        }
    }

    @Test
    void systemCallOnAHoleFailsWithEfault() throws Exception {
        for (String mode : new String[] {"-Xmixed", "-Xint"}) {
            Run run = run(mode, "system call");
            assertThat(run.lines()).as(mode).contains("refused: Bad address", "survived IOException");
            assertThat(run.exit()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-Xmixed,native callee",
        "-Xmixed,crc32",
        "-Xmixed,crc32c",
        "-Xmixed,adler32",
        "-Xmixed,deflater",
        "-XX:TieredStopAtLevel=1 -Xbatch,equals",
        "-Xint,cas"
    })
    void accessThatEndsTheJvm(String mode, String how) throws Exception {
        Run run = run(mode, how);
        assertThat(run.exit()).as("%s", run.lines()).isEqualTo(ABORTED);
        assertThat(run.lines()).anySatisfy(line -> assertThat(line).contains("SIGBUS"));
    }

    /** HotSpot does not know the length of movslq. On other processors, all instructions have one length. */
    @Test
    @EnabledOnOs(architectures = "amd64", disabledReason = "movslq is x86's")
    void intReadThatC2WidensAbortsTheJvm() throws Exception {
        Run run = run("-XX:-TieredCompilation -Xbatch", "widened");
        assertThat(run.exit()).as("%s", run.lines()).isEqualTo(ABORTED);
        assertThat(run.lines()).anySatisfy(line -> assertThat(line).contains("ShouldNotReachHere"));
    }

    @ParameterizedTest
    @CsvSource({
        "-XX:-TieredCompilation -Xbatch,tested",
        "-XX:-TieredCompilation -Xbatch,tested by address",
        "-XX:-TieredCompilation -Xbatch,widened by address",
        "-Xint,widened",
        "-XX:TieredStopAtLevel=1 -Xbatch,widened",
        "-XX:-TieredCompilation -Xbatch,cas compiled",
        "-XX:-TieredCompilation -Xbatch,equals",
        "-Xint,equals"
    })
    void accessThatEndsTheJvmInSomeModes(String mode, String how) throws Exception {
        Run run = run(mode, how);
        assertThat(run.lines()).containsAnyOf("survived InternalError", "survived GuardHit");
        assertThat(run.exit()).isZero();
    }

    @Test
    void threadsAndHeapFitBesideTheMaximumOfHoles() throws Exception {
        Run run = run("-Xms16m", "cap");
        assertThat(run.lines()).containsSubsequence("many true", "blocks 0 fail_kva 1", "heap 200");
        assertThat(run.exit()).isZero();
    }

    private record Run(List<String> lines, int exit) {}

    private Run run(String mode, String how) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(mode.split(" ", -1)));
        command.addAll(List.of(
                "-Xmx512m",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + folder.resolve("hs_err"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                how));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = child.inputReader().lines().toList();
        return new Run(lines, child.waitFor());
    }
}
