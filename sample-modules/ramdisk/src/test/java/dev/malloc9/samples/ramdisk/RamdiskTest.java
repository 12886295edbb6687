package dev.malloc9.samples.ramdisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.kernel.Kernel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the ramdisk on an embedded kernel, whose statistics show that no block is lost. */
final class RamdiskTest {

    private static final int BLOCK = BlockDevice.BLOCK_BYTES;

    private final Kernel kernel = Kernel.boot();
    private final Ramdisk disk = new Ramdisk(kernel.malloc(), RamdiskDriver.M_RAMDISK, 16 * BLOCK);

    @AfterEach
    void loseNothing() {
        disk.close();
        assertThat(bytesInUse()).isZero();
        kernel.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 16 * BLOCK})
    void storedFileIsReadBackAndUsesWholeBlocks(int length) throws IOException {
        byte[] content = content(length);
        StoredFile file = disk.put("file", in(content));
        assertThat(file.bytes()).isEqualTo(length);
        assertThat(disk.usedBytes()).isEqualTo((length + BLOCK - 1L) / BLOCK * BLOCK);
        assertThat(bytesInUse()).isEqualTo(disk.usedBytes());
        assertThat(get("file")).isEqualTo(content);
    }

    @Test
    void saysNameLengthAndChecksum() throws IOException {
        assertThat(disk.put("abc", in(new byte[] {'a', 'b', 'c'})))
                .hasToString(
                        "abc: 3 bytes, SHA-256 " + "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void aFileOfTheSameNameTakesThePlaceOfTheOneBefore() throws IOException {
        disk.put("file", in(content(3 * BLOCK)));
        disk.put("file", in(content(10)));
        assertThat(get("file")).isEqualTo(content(10));
        assertThat(disk.usedBytes()).isEqualTo(BLOCK);
    }

    @Test
    void aFileThatDoesNotFitIsRefusedAndTheOthersStay() throws IOException {
        disk.put("file", in(content(2 * BLOCK)));
        assertThatExceptionOfType(RamdiskFailed.class)
                .isThrownBy(() -> disk.put("file", in(content(15 * BLOCK))))
                .withMessage("no space left on ramdisk: a block of 4096 bytes does not go beside the 65536 in use,"
                        + " max.bytes is 65536");
        assertThat(disk.usedBytes()).isEqualTo(2 * BLOCK);
        assertThat(get("file")).isEqualTo(content(2 * BLOCK));
    }

    @Test
    void aNewLimitAppliesAtOnceAndRemovesNothing() throws IOException {
        disk.put("file", in(content(4 * BLOCK)));
        disk.limit(BLOCK);
        assertThatExceptionOfType(RamdiskFailed.class).isThrownBy(() -> disk.put("other", in(content(1))));
        assertThat(get("file")).isEqualTo(content(4 * BLOCK));
        disk.limit(5 * BLOCK);
        disk.put("other", in(content(1)));
        assertThat(disk.files()).extracting(StoredFile::name).containsExactly("file", "other");
    }

    @Test
    void aNegativeLimitIsRefusedAndTheOldOneStays() {
        assertThatExceptionOfType(RamdiskFailed.class)
                .isThrownBy(() -> disk.limit(-1))
                .withMessage("max.bytes -1 is negative");
        assertThat(disk.limit()).isEqualTo(16 * BLOCK);
    }

    @Test
    void aRemovedFileIsGone() throws IOException {
        disk.put("file", in(content(10)));
        disk.remove("file");
        assertThat(disk.usedBytes()).isZero();
        assertThatExceptionOfType(RamdiskFailed.class)
                .isThrownBy(() -> disk.remove("file"))
                .withMessage("no file 'file' on ramdisk");
        assertThatExceptionOfType(RamdiskFailed.class)
                .isThrownBy(() -> disk.open("fi\u001ble"))
                .withMessage("no file 'fi\\u{1b}le' on ramdisk");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", ".", "..", "a/b", "a\nb", "a\u001b[31mb", "a\u202eb"})
    void aBadNameIsRefused(String name) {
        assertThatExceptionOfType(RamdiskFailed.class)
                .isThrownBy(() -> disk.put(name, in(content(10))))
                .withMessageEndingWith("' is not a name for a file on ramdisk");
        assertThat(disk.usedBytes()).isZero();
    }

    @Test
    void fileOfAFailedSourceIsNotKept() {
        InputStream failing = before(4, content(4 * BLOCK), () -> {
            throw new IOException("the floppy is gone");
        });
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> disk.put("file", failing))
                .withMessage("the floppy is gone");
        assertThat(disk.usedBytes()).isZero();
        assertThat(disk.files()).isEmpty();
    }

    @Test
    void removedFileLastsUntilItIsClosed() throws IOException {
        disk.put("file", in(content(3 * BLOCK)));
        StoredFile open = disk.open("file");
        disk.remove("file");
        disk.put("file", in(content(10)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        disk.copy(open, out);
        assertThat(out.toByteArray()).isEqualTo(content(3 * BLOCK));
        assertThat(disk.usedBytes()).isEqualTo(4 * BLOCK);
        disk.close(open);
        assertThat(disk.usedBytes()).isEqualTo(BLOCK);
    }

    @Test
    void aCopyUnderWayEndsWithTheDiskAndFreesNothingTwice() {
        InputStream closing = before(2, content(4 * BLOCK), disk::close);
        assertThatExceptionOfType(RamdiskFailed.class)
                .isThrownBy(() -> disk.put("file", closing))
                .withMessage("ramdisk was detached");
        assertThat(kernel.runtime().panics()).isEmpty();
    }

    @Test
    void contentReadBackIsCompared() throws IOException {
        StoredFile file = disk.put("file", in(content(10)));
        StoredFile claimed = new StoredFile("file", 10, "0".repeat(64), file.blocks());
        assertThatExceptionOfType(RamdiskFailed.class)
                .isThrownBy(() -> disk.copy(claimed, OutputStream.nullOutputStream()))
                .withMessage("file: 10 bytes, SHA-256 " + "0".repeat(64)
                        + " went in, but the content read back has SHA-256 " + file.sha256());
    }

    @Test
    void manyThreadsMayPutGetAndRemoveTheSameFiles() throws Exception {
        disk.limit(1024 * BLOCK);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> runs = IntStream.range(0, 4)
                    .<Future<?>>mapToObj(seed -> threads.submit(() -> putGetAndRemove(new Random(seed))))
                    .toList();
            for (Future<?> run : runs) {
                run.get();
            }
        }
        for (StoredFile file : disk.files()) {
            disk.remove(file.name());
        }
        assertThat(disk.usedBytes()).isZero();
        assertThat(kernel.runtime().panics()).isEmpty();
    }

    private Void putGetAndRemove(Random random) throws IOException {
        for (int i = 0; i < 2_000; i++) {
            String name = "file" + random.nextInt(3);
            try {
                switch (random.nextInt(3)) {
                    case 0 -> disk.put(name, in(content(random.nextInt(4 * BLOCK))));
                    case 1 -> get(name);
                    default -> disk.remove(name);
                }
            } catch (RamdiskFailed missing) {
                assertThat(missing).hasMessageStartingWith("no file '" + name);
            }
        }
        return null;
    }

    private byte[] get(String name) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StoredFile file = disk.open(name);
        try {
            disk.copy(file, out);
        } finally {
            disk.close(file);
        }
        return out.toByteArray();
    }

    private long bytesInUse() {
        return kernel.runtime().types().stream()
                .filter(type -> type.name().equals("ramdisk"))
                .mapToLong(TypeStats::bytesInUse)
                .sum();
    }

    private static InputStream in(byte[] content) {
        return new ByteArrayInputStream(content);
    }

    /** An action of a test in the middle of a copy. */
    private interface Event {
        void happen() throws IOException;
    }

    /** Returns a stream that runs an action before the given block is read. Blocks are counted from 1. */
    private static InputStream before(int block, byte[] content, Event event) {
        return new FilterInputStream(in(content)) {
            private int reads;

            @Override
            public int read(byte[] target, int from, int length) throws IOException {
                if (++reads == block) {
                    event.happen();
                }
                return super.read(target, from, length);
            }
        };
    }

    /** Returns pseudo-random content, in which no two blocks are equal. The same length gives the same content. */
    private static byte[] content(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }
}
