package dev.malloc9.samples.ramdisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.Tunables;
import dev.malloc9.vm.WaitClock;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class RamdiskDriverTest {

    /** A kernel with a map of 1 MiB, which a test can exhaust. Because of its clock, a request that waits for memory gives up at once. */
    private final Kernel kernel = Kernel.boot(new Tunables(1 << 20), new Hurry());

    private final RamdiskDriver driver = new RamdiskDriver(kernel.malloc(), new AtMost(8192));

    @TempDir
    private Path folder;

    @AfterEach
    void detach() {
        driver.detach();
        kernel.close();
    }

    @Test
    void listsFilesAndTheirSizes() throws IOException {
        driver.put(Files.writeString(folder.resolve("b"), "b"));
        driver.put(Files.write(folder.resolve("a.txt"), new byte[0]));
        assertThat(driver.ls().lines())
                .containsExactly(
                        "     Bytes  Blocks  Name",
                        "         0       0  a.txt",
                        "         1       1  b",
                        "4096 of 8192 bytes in use");
    }

    @Test
    void refusesAPathThatIsNoFile() {
        refuses(folder, folder + ": is a directory");
        refuses(folder.resolve("none"), folder.resolve("none") + ": no such file or directory");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no /dev/zero")
    void refusesAFileThatIsNotRegular() {
        refuses(Path.of("/dev/zero"), "/dev/zero: is not a regular file");
    }

    @Test
    void namesAFileThatDoesNotFit() throws IOException {
        Path big = Files.write(folder.resolve("big"), new byte[8193]);
        refuses(
                big,
                big + " (8193 bytes): no space left on ramdisk: a block of 4096 bytes does not go beside the 8192 in"
                        + " use, max.bytes is 8192");
        driver.modified(new AtMost(12288));
        assertThat(driver.put(big).bytes()).isEqualTo(8193);
    }

    @Test
    void namesAFileThatTheKernelHasNoMemoryFor() throws IOException {
        Path big = Files.write(folder.resolve("big"), new byte[4 << 20]);
        driver.modified(new AtMost(8 << 20));
        assertThatExceptionOfType(RamdiskFailed.class)
                .isThrownBy(() -> driver.put(big))
                .withMessageStartingWith(big + " (4194304 bytes): kmem_malloc(")
                .withCauseInstanceOf(KernelMapExhausted.class);
        assertThat(driver.ls()).endsWith("\n0 of 8388608 bytes in use");
    }

    @Test
    void refusesATargetThatCannotBeWritten() throws IOException {
        driver.put(Files.writeString(folder.resolve("file"), "x"));
        refusesToGet("file", folder, folder + ": is a directory");
        Path nowhere = folder.resolve("none").resolve("file");
        refusesToGet("file", nowhere, nowhere + ": no such file or directory");
    }

    @Test
    void anUnknownNameLeavesTheTargetAlone() throws IOException {
        Path target = Files.writeString(folder.resolve("target"), "precious");
        refusesToGet("none", target, "no file 'none' on ramdisk");
        assertThat(target).hasContent("precious");
    }

    private void refuses(Path file, String text) {
        assertThatExceptionOfType(RamdiskFailed.class)
                .isThrownBy(() -> driver.put(file))
                .withMessage(text);
        assertThat(driver.ls()).endsWith("\n0 of 8192 bytes in use");
    }

    private void refusesToGet(String name, Path target, String text) {
        assertThatExceptionOfType(RamdiskFailed.class)
                .isThrownBy(() -> driver.get(name, target))
                .withMessage(text);
    }

    /** A configuration of the kind that Declarative Services creates. */
    @SuppressWarnings("ClassExplicitlyAnnotation") // a test must implement the component property type itself
    private record AtMost(long max_bytes) implements RamdiskDriver.Limits {

        @Override
        public Class<? extends Annotation> annotationType() {
            return RamdiskDriver.Limits.class;
        }
    }

    /** A clock on which only waiting takes time. The wait itself returns at once. */
    private static final class Hurry implements WaitClock {

        private long now;

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public void await(Condition condition, long nanos) {
            now += nanos;
        }
    }
}
