package dev.malloc9.memstat;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.malloc9.memstat.Streams.CpuRecord;
import dev.malloc9.memstat.Streams.TypeRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A list of memory types behaves as libmemstat's, but for its bugs")
class MemoryTypeListTest {

    @Test
    void firstAndNextReturnAllTypesInOrder() {
        MemoryTypeList list = Streams.list(Streams.goldenZones());
        Streams.read(list, Streams.goldenTypes());
        List<String> walked = new ArrayList<>();
        for (MemoryType type = list.first(); type != null; type = list.next(type)) {
            walked.add(type.toString());
        }
        assertThat(walked)
                .containsExactly(
                        "MALLOC:oldest",
                        "MALLOC:a type name longer than thirty ",
                        "MALLOC:unused",
                        "MALLOC:temp",
                        "MALLOC:newest",
                        "UMA:mbuf_cluster",
                        "UMA:mbuf_packet",
                        "UMA:mbuf");
        assertThat(list).extracting(MemoryType::toString).isEqualTo(walked);
        list.free();
        assertThat(list.first()).isNull();
        assertThat(list).isEmpty();
    }

    @Test
    void namesAreFoundByAllocator() {
        MemoryTypeList list = Streams.list(Streams.zones(1, Streams.zone("mbuf", 256, 0, 0, 0, false, 1, 0, 0, 0)));
        Streams.read(list, Streams.malloc(1, new TypeRecord("mbuf", Map.of())));
        MemoryType zone = requireNonNull(list.find(Allocator.UMA, "mbuf"));
        assertThat(zone.size()).isEqualTo(256);
        MemoryType any = requireNonNull(list.find(Allocator.ANY, "mbuf"));
        assertThat(any.allocator()).isEqualTo(Allocator.MALLOC);
        assertThat(list.find(Allocator.ANY, "nosuch")).isNull();
        assertThat(list.find(Allocator.UNKNOWN, "mbuf")).isNull();
    }

    @Test
    void anUpdateKeepsTheObjectsAndTheirCallersFields() {
        MemoryTypeList list = Streams.list(types(type("kept", 1), type("gone", 1)));
        MemoryType kept = requireNonNull(list.find(Allocator.MALLOC, "kept"));
        MemoryType gone = requireNonNull(list.find(Allocator.MALLOC, "gone"));
        kept.callerUint64(15, 42);
        kept.callerPointer(0, "mine");
        kept.percpuCallerUint64(31, 3, 7);
        kept.percpuCallerPointer(31, 3, "CPU's");
        Streams.read(list, types(type("new", 5), type("kept", 3)));
        assertThat(list.types(Allocator.MALLOC)).extracting(MemoryType::name).containsExactly("kept", "new");
        assertThat(list.first()).isSameAs(kept);
        assertThat(kept.numallocs()).isEqualTo(3);
        assertThat(kept.callerUint64(15)).isEqualTo(42);
        assertThat(kept.callerPointer(0)).isEqualTo("mine");
        assertThat(kept.callerPointer(1)).isNull();
        assertThat(kept.percpuCallerUint64(31, 3)).isEqualTo(7);
        assertThat(kept.percpuCallerPointer(31, 3)).isEqualTo("CPU's");
        assertThat(kept.percpuCallerPointer(30, 3)).isNull();
        assertThat(gone.numallocs()).as("still readable").isEqualTo(1);
    }

    @Test
    void equalNamesStayApartAlsoWhenReadAgain() {
        MemoryTypeList list = Streams.list(types(type("16", 2), type("x", 9), type("16", 1)));
        List<MemoryType> before = list.types(Allocator.MALLOC);
        assertThat(before).extracting(MemoryType::numallocs).containsExactly(1L, 9L, 2L);
        Streams.read(list, types(type("16", 20), type("x", 90), type("16", 10)));
        assertThat(list.types(Allocator.MALLOC)).containsExactlyElementsOf(before);
        assertThat(before).extracting(MemoryType::numallocs).containsExactly(10L, 90L, 20L);
        MemoryType oldest = list.find(Allocator.MALLOC, "16");
        assertThat(oldest).isSameAs(before.getFirst());
    }

    @Test
    void aSnapshotOfTheListDoesNotChange() {
        MemoryTypeList list = Streams.list(types(type("a", 1)));
        List<MemoryType> before = list.types(Allocator.ANY);
        Streams.read(list, types(type("b", 1)));
        assertThat(before).extracting(MemoryType::name).containsExactly("a");
        assertThatThrownBy(() -> before.clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void thereIsNoFieldBeyondTheLast() {
        MemoryType type = requireNonNull(Streams.list(types(type("a", 1))).first());
        assertThatThrownBy(() -> type.callerUint64(MemoryType.MAXCALLER)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> type.percpuNumallocs(MemoryType.MAXCPU)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> type.percpuCallerUint64(-1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void errorsHaveLibmemstatsNumbersAndTexts() {
        assertThat(MemstatError.values())
                .extracting(error -> error.number() + " " + error.strerror())
                .containsExactly(
                        "0 Unknown error",
                        "1 Cannot allocate memory",
                        "2 Version mismatch",
                        "3 Permission denied",
                        "4 Too many CPUs",
                        "5 Data format error",
                        "6 KVM error",
                        "7 KVM unable to find symbol",
                        "8 KVM short read");
        assertThat(MemstatError.strerror(5)).isEqualTo("Data format error");
        assertThat(MemstatError.strerror(9)).isEqualTo("Unknown error");
        assertThat(Allocator.values()).extracting(Allocator::number).containsExactly(0, 1, 2, 255);
        assertThat(MemoryTypeList.alloc().geterror()).isEqualTo(MemstatError.UNDEFINED);
    }

    @Test
    void differencesAreTakenTypeByType() {
        MemoryTypeList earlier = Streams.list(types(type("same", 3), type("gone", 2), type("grown", 1), type("16", 1)));
        MemoryTypeList later =
                Streams.list(types(type("new", 4), type("16", 2), type("same", 3), type("grown", 6), type("16", 1)));
        assertThat(Growth.between(earlier, later))
                .containsExactly(
                        new Growth(Growth.Change.KEPT, Allocator.MALLOC, "grown", 5, 80, 5, 6, 96),
                        new Growth(Growth.Change.NEW, Allocator.MALLOC, "new", 4, 64, 4, 4, 64),
                        new Growth(Growth.Change.NEW, Allocator.MALLOC, "16", 2, 32, 2, 2, 32),
                        new Growth(Growth.Change.GONE, Allocator.MALLOC, "gone", -2, -32, 0, 0, 0));
        assertThat(Growth.between(later, later)).isEmpty();
    }

    @Test
    void comparing200kTypesOfOneNameEndsWithin10s() {
        int count = 200_000;
        ByteBuffer stream = ByteBuffer.allocate(16 + count * 96).order(ByteOrder.nativeOrder());
        stream.putInt(1).putInt(1).putInt(count);
        MemoryTypeList earlier = Streams.list(stream.array());
        List<Growth> growth = assertTimeoutPreemptively(
                Duration.ofSeconds(10), () -> Growth.between(earlier, MemoryTypeList.alloc()));
        assertThat(growth).hasSize(count);
    }

    private static byte[] types(TypeRecord... newestFirst) {
        return Streams.malloc(2, newestFirst);
    }

    private static TypeRecord type(String name, long blocks) {
        return new TypeRecord(name, Map.of(1, new CpuRecord(blocks * 16, 0, blocks, 0, 1)));
    }
}
