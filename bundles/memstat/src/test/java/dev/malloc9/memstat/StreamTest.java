package dev.malloc9.memstat;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.malloc9.memstat.Streams.CpuRecord;
import dev.malloc9.memstat.Streams.TypeRecord;
import dev.malloc9.memstat.Streams.ZoneRecord;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Streams are read to the byte, and believed in nothing that does not fit")
class StreamTest {

    /** One type on one CPU, with the bytes of the table in the specification. */
    private static final String ONE_TYPE = """
            01000000 01000000 01000000 00000000
            666f6f00 00000000 00000000 00000000 00000000 00000000 00000000 00000000
            8001000000000000 8000000000000000 0300000000000000 0100000000000000
            0800000000000000 0000000000000000 0000000000000000 0000000000000000
            """;

    /** One secondary zone on one CPU, with the bytes of the table in the specification. */
    private static final String ONE_ZONE = """
            01000000 01000000 01000000 00000000
            6d627566 00000000 00000000 00000000 00000000 00000000 00000000 00000000
            07000000 64000000 68000000 0a000000 90010000 05000000 0b000000 0c000000 00000000 01000000
            0e00000000000000 0600000000000000 0200000000000000 0100000000000000
            0000000000000000 0000000000000000
            0300000000000000 0100000000000000 0900000000000000 0000000000000000
            0000000000000000 0000000000000000 0000000000000000 0000000000000000
            """;

    @Test
    void aMallocRecordIsReadFieldByField() {
        MemoryTypeList list = Streams.list(bytes(ONE_TYPE));
        MemoryType foo = requireNonNull(list.find(Allocator.MALLOC, "foo"));
        assertThat(foo.memalloced()).isEqualTo(384);
        assertThat(foo.memfreed()).isEqualTo(128);
        assertThat(foo.numallocs()).isEqualTo(3);
        assertThat(foo.numfrees()).isEqualTo(1);
        assertThat(foo.sizemask()).isEqualTo(8);
        assertThat(foo.bytes()).isEqualTo(256);
        assertThat(foo.count()).isEqualTo(2);
        assertThat(foo.percpuMemalloced(0)).isEqualTo(384);
        assertThat(foo.percpuMemfreed(0)).isEqualTo(128);
        assertThat(foo.percpuNumallocs(0)).isEqualTo(3);
        assertThat(foo.percpuNumfrees(0)).isEqualTo(1);
        assertThat(foo.percpuSizemask(0)).isEqualTo(8);
        assertThat(foo.percpuNumallocs(31)).isZero();
        assertThat(foo.size() + foo.rsize() + foo.free() + foo.countlimit() + foo.byteslimit())
                .isZero();
    }

    @Test
    void aZoneRecordIsReadFieldByField() {
        MemoryTypeList list = Streams.list(bytes(ONE_ZONE));
        MemoryType mbuf = requireNonNull(list.find(Allocator.UMA, "mbuf"));
        assertThat(mbuf.size()).isEqualTo(100);
        assertThat(mbuf.rsize()).isEqualTo(104);
        assertThat(mbuf.countlimit()).isEqualTo(400);
        assertThat(mbuf.byteslimit()).isEqualTo(40_000);
        assertThat(mbuf.numallocs()).isEqualTo(17);
        assertThat(mbuf.numfrees()).isEqualTo(7);
        assertThat(mbuf.count()).isEqualTo(10);
        assertThat(mbuf.memalloced()).isEqualTo(1_700);
        assertThat(mbuf.memfreed()).isEqualTo(700);
        assertThat(mbuf.bytes()).isEqualTo(1_000);
        assertThat(mbuf.failures()).isEqualTo(2);
        assertThat(mbuf.sleeps()).isEqualTo(1);
        assertThat(mbuf.zonefree()).isEqualTo(12);
        assertThat(mbuf.kegfree()).as("the primary has it").isZero();
        assertThat(mbuf.percpuFree(0)).isEqualTo(9);
        assertThat(mbuf.percpuNumallocs(0)).isEqualTo(3);
        assertThat(mbuf.percpuNumfrees(0)).isEqualTo(1);
        assertThat(mbuf.free()).isEqualTo(21);
    }

    @Test
    void aPrimaryZoneHasTheFreeItemsOfItsKeg() {
        MemoryType zone =
                requireNonNull(Streams.list(Streams.zones(1, Streams.zone("p", 64, 0, 30, 4, false, 1, 0, 0, 0)))
                        .first());
        assertThat(zone.kegfree()).isEqualTo(30);
        assertThat(zone.free()).isEqualTo(34);
    }

    @Test
    void aLimitInBytesIsNotCutTo32Bits() {
        MemoryType zone = requireNonNull(
                Streams.list(Streams.zones(1, Streams.zone("p", 1 << 20, 1 << 20, 0, 0, false, 0, 0, 0, 0)))
                        .first());
        assertThat(zone.byteslimit()).isEqualTo(1L << 40);
    }

    @Test
    void recordLengthsEqualTheSpecification() {
        TypeRecord type = new TypeRecord("t", Map.of());
        assertThat(Streams.malloc(32, type, type, type, type, type)).hasSize(10_416);
        assertThat(Streams.zones(2, zone(), zone(), zone())).hasSize(760);
        assertThat(Streams.list(Streams.malloc(32, type, type, type, type, type)))
                .hasSize(5);
        assertThat(Streams.list(Streams.zones(2, zone(), zone(), zone()))).hasSize(3);
    }

    @Test
    void typesAreOldestFirstWithMasksOfAllCpus() {
        MemoryTypeList list = Streams.list(Streams.goldenTypes());
        assertThat(list)
                .extracting(MemoryType::name)
                .containsExactly("oldest", "a type name longer than thirty ", "unused", "temp", "newest");
        MemoryType temp = requireNonNull(list.find(Allocator.ANY, "temp"));
        assertThat(temp.sizemask()).isEqualTo(0x101);
        assertThat(temp.percpuSizemask(5)).isEqualTo(1);
        MemoryType oldest = requireNonNull(list.first());
        assertThat(oldest.count()).isEqualTo(-2);
        assertThat(oldest.bytes()).isEqualTo(-100);
    }

    @Test
    void aStreamOfTheOtherByteOrderIsReadToo() {
        byte[] stream = new byte[16 + 96];
        ByteBuffer big = ByteBuffer.wrap(stream).order(ByteOrder.BIG_ENDIAN);
        big.putInt(1).putInt(1).putInt(1).putInt(0).put((byte) 'x').position(48).putLong(16);
        MemoryType type = requireNonNull(Streams.list(stream).first());
        assertThat(type.memalloced()).isEqualTo(16);
    }

    @Test
    void nameEndsAtNulAndCutCharacterIsDropped() {
        assertThat(MemoryType.cut("a type name longer than thirty one")).isEqualTo("a type name longer than thirty ");
        assertThat(MemoryType.cut("a type name longer than thirtyé")).isEqualTo("a type name longer than thirty");
        byte[] stream = Streams.malloc(1, new TypeRecord("x", Map.of()));
        stream[17] = (byte) 0xff;
        stream[18] = 'y';
        assertThat(Streams.list(stream)).extracting(MemoryType::name).containsExactly("x�y");
        stream[18] = 0;
        stream[19] = 'y';
        assertThat(Streams.list(stream)).extracting(MemoryType::name).containsExactly("x�");
    }

    @Test
    void anotherVersionIsRefused() {
        byte[] stream = Streams.malloc(1, new TypeRecord("t", Map.of()));
        stream[0] = 2;
        assertFails(stream, MemstatError.VERSION, "stream version 2, not 1");
        assertFails(Arrays.copyOf(bytes(ONE_TYPE), 15), MemstatError.VERSION, "a header has 16 bytes, this stream 15");
        assertFails(new byte[0], MemstatError.VERSION, "a header has 16 bytes, this stream 0");
    }

    /** The values include MAXCPU of FreeBSD on amd64: 64 and 256 in FreeBSD 9 to 13, and 1024 since FreeBSD 14. */
    @ParameterizedTest
    @ValueSource(ints = {1, 16, 32, 33, 64, 256, 1024, 4096})
    void streamOfAnyFreebsdKernelIsRead(int maxcpus) {
        int last = maxcpus - 1;
        MemoryType type = requireNonNull(Streams.list(Streams.malloc(
                        maxcpus, new TypeRecord("t", Map.of(last, new CpuRecord(128, 64, 2, 1, 8)))))
                .first());
        assertThat(type.count()).isEqualTo(1);
        assertThat(type.percpuMemalloced(last)).isEqualTo(128);
        type.percpuCallerUint64(last, 0, 7);
        assertThat(type.percpuCallerUint64(last, 0)).isEqualTo(7);
        ZoneRecord zone =
                new ZoneRecord("z", new int[10], new long[] {9, 2, 0, 0, 77, 0}, Map.of(last, new CpuRecord(3, 1, 5)));
        MemoryType items =
                requireNonNull(Streams.list(Streams.zones(maxcpus, zone)).first());
        assertThat(items.count()).isEqualTo(9);
        assertThat(items.percpuFree(last)).isEqualTo(5);
    }

    @Test
    void moreThan4096CpusAreRefused() {
        assertFails(
                Streams.malloc(4097, new TypeRecord("t", Map.of())),
                MemstatError.TOOMANYCPUS,
                "records of 4097 CPUs, at most 4096");
        assertFails(Streams.malloc(0), MemstatError.DATAERROR, "records of 0 CPUs");
    }

    @Test
    void everyOtherLengthIsRefused() {
        byte[] whole = bytes(ONE_TYPE);
        for (int length = 16; length < whole.length; length++) {
            assertFails(
                    Arrays.copyOf(whole, length),
                    MemstatError.DATAERROR,
                    length + " bytes are no stream of 1 records of 1 CPUs");
        }
        assertFails(
                Arrays.copyOf(whole, whole.length + 1),
                MemstatError.DATAERROR,
                "113 bytes are no stream of 1 records of 1 CPUs");
    }

    @Test
    void recordCountAboveTheStreamIsRefused() {
        byte[] lying = Streams.malloc(32, new TypeRecord("t", Map.of()));
        Arrays.fill(lying, 8, 12, (byte) 0xff);
        assertFails(lying, MemstatError.DATAERROR, "2096 bytes are no stream of 4294967295 records of 32 CPUs");
    }

    @Test
    void aNameWithoutEndIsRefused() {
        byte[] stream = Streams.malloc(1, new TypeRecord("a", Map.of()), new TypeRecord("b", Map.of()));
        Arrays.fill(stream, 16 + 96, 16 + 96 + 32, (byte) 'x');
        assertFails(stream, MemstatError.DATAERROR, "the name in record 1 has no end");
    }

    @Test
    void anEndlessStreamIsNotReadToItsEnd() {
        MemoryTypeList list = MemoryTypeList.alloc();
        byte[] header = {1, 0, 0, 0, 32, 0, 0, 0, -1, -1, -1, -1, 0, 0, 0, 0};
        InputStream endless = new SequenceInputStream(new ByteArrayInputStream(header), new Zeros());
        MemstatFailed failed = catchThrowableOfType(MemstatFailed.class, () -> list.read(endless, Allocator.ANY));
        assertThat(failed.error()).isEqualTo(MemstatError.NOMEMORY);
        assertThat(failed.detail()).isEqualTo("9311489095576 bytes, at most 67108864");
    }

    @Test
    void theKindIsTakenFromTheLengthOrAskedFor(@TempDir Path folder) throws Exception {
        Path types = Files.write(folder.resolve("m"), bytes(ONE_TYPE));
        Path zones = Files.write(folder.resolve("z"), bytes(ONE_ZONE));
        Path none = Files.write(folder.resolve("none"), Streams.malloc(4));
        MemoryTypeList list = MemoryTypeList.alloc();
        assertThat(list.read(types, Allocator.ANY)).isEqualTo(Allocator.MALLOC);
        assertThat(list.read(zones, Allocator.ANY)).isEqualTo(Allocator.UMA);
        assertThat(list).extracting(MemoryType::toString).containsExactly("MALLOC:foo", "UMA:mbuf");
        assertThat(list.read(none, Allocator.ANY)).isEqualTo(Allocator.MALLOC);
        assertThat(list.read(none, Allocator.UMA)).isEqualTo(Allocator.UMA);
        assertThat(list).isEmpty();
        MemstatFailed failed = catchThrowableOfType(MemstatFailed.class, () -> list.read(zones, Allocator.MALLOC));
        assertThat(failed.error()).isEqualTo(MemstatError.DATAERROR);
    }

    private static void assertFails(byte[] stream, MemstatError error, String detail) {
        MemoryTypeList list = Streams.list(bytes(ONE_TYPE));
        MemstatFailed failed = catchThrowableOfType(MemstatFailed.class, () -> Streams.read(list, stream));
        assertThat(failed).as(detail).isNotNull();
        assertThat(failed.error()).isEqualTo(error);
        assertThat(failed).hasMessage(error.strerror());
        assertThat(failed.detail()).isEqualTo(detail);
        assertThat(list.geterror()).isEqualTo(error);
        assertThat(list).as("as it was").extracting(MemoryType::name).containsExactly("foo");
    }

    private static Streams.ZoneRecord zone() {
        return Streams.zone("z", 16, 0, 0, 0, false, 0, 0, 0, 0);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }

    private static final class Zeros extends InputStream {
        @Override
        public int read() {
            return 0;
        }

        @Override
        public int read(byte[] room, int from, int most) {
            Arrays.fill(room, from, from + most, (byte) 0);
            return most;
        }
    }
}
