package dev.malloc9.memstat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.malloc9.memstat.Streams.TypeRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A running kernel is read through its knobs, by libmemstat's rules")
class LiveKernelTest {

    /** Knobs with the values and failures that a test sets. They record each read: the name of the knob and the size of the buffer. */
    private static final class Kernel implements Knobs {

        final Map<String, byte[]> values = new HashMap<>();
        final Map<String, KnobFailed.Errno> failures = new HashMap<>();
        final List<String> reads = new ArrayList<>();

        Kernel() {
            number("kern.smp.maxcpus", 32);
            number("kern.malloc_count", 5);
            number("vm.zone_count", 3);
            values.put("kern.malloc_stats", Streams.goldenTypes());
            values.put("vm.zone_stats", Streams.goldenZones());
        }

        void number(String knob, int value) {
            values.put(
                    knob,
                    ByteBuffer.allocate(4)
                            .order(ByteOrder.nativeOrder())
                            .putInt(value)
                            .array());
        }

        @Override
        public int read(String name, byte[] room) throws KnobFailed {
            reads.add(name + " " + room.length);
            KnobFailed.Errno failure = failures.get(name);
            if (failure != null) {
                throw new KnobFailed(failure, name);
            }
            byte[] value = values.getOrDefault(name, new byte[0]);
            if (value.length > room.length) {
                throw new KnobFailed(KnobFailed.Errno.ENOMEM, name);
            }
            System.arraycopy(value, 0, room, 0, value.length);
            return value.length;
        }
    }

    private final Kernel kernel = new Kernel();
    private final MemoryTypeList list = MemoryTypeList.alloc();

    @Test
    void typesAndZonesAreReadWithOneBufferEach() {
        list.sysctlAll(kernel);
        assertThat(list.types(Allocator.MALLOC)).hasSize(5);
        assertThat(list.types(Allocator.UMA)).hasSize(3);
        assertThat(kernel.reads)
                .containsExactly(
                        "kern.smp.maxcpus 4",
                        "kern.malloc_count 4",
                        "kern.malloc_stats " + 10_416,
                        "kern.smp.maxcpus 4",
                        "vm.zone_count 4",
                        "vm.zone_stats " + (16 + 3 * (120 + 32 * 64)));
    }

    @Test
    void aListThatGrewMeanwhileIsReadAgainWithMoreRoom() {
        kernel.number("kern.malloc_count", 2);
        list.sysctlMalloc(kernel);
        assertThat(list).hasSize(5);
        assertThat(kernel.reads)
                .filteredOn(read -> read.startsWith("kern.malloc_stats"))
                .containsExactly("kern.malloc_stats 4176", "kern.malloc_stats 6256", "kern.malloc_stats 10416");
    }

    @Test
    void streamThatAlwaysGrowsFailsAfter15Reads() {
        kernel.failures.put("kern.malloc_stats", KnobFailed.Errno.ENOMEM);
        MemstatFailed failed = failure();
        assertThat(failed.error()).isEqualTo(MemstatError.NOMEMORY);
        assertThat(failed.detail()).isEqualTo("kern.malloc_stats grew 15 times while it was read");
        assertThat(kernel.reads).hasSize(3 * 15);
    }

    @Test
    void impossibleTypeCountIsRefused() {
        kernel.number("kern.malloc_count", Integer.MAX_VALUE);
        assertThat(failure().error()).isEqualTo(MemstatError.NOMEMORY);
        kernel.number("kern.malloc_count", -1);
        MemstatFailed failed = failure();
        assertThat(failed.error()).isEqualTo(MemstatError.DATAERROR);
        assertThat(failed.detail()).isEqualTo("kern.malloc_count is -1");
    }

    @Test
    void failuresHaveTheCodesOfTheKnobThatFailed() {
        assertThat(failureOf("kern.smp.maxcpus", KnobFailed.Errno.EPERM)).isEqualTo(MemstatError.PERMISSION);
        assertThat(failureOf("kern.smp.maxcpus", KnobFailed.Errno.OTHER)).isEqualTo(MemstatError.DATAERROR);
        assertThat(failureOf("kern.malloc_count", KnobFailed.Errno.EACCES)).isEqualTo(MemstatError.PERMISSION);
        assertThat(failureOf("kern.malloc_count", KnobFailed.Errno.OTHER)).isEqualTo(MemstatError.VERSION);
        assertThat(failureOf("kern.malloc_stats", KnobFailed.Errno.EACCES)).isEqualTo(MemstatError.PERMISSION);
        assertThat(failureOf("kern.malloc_stats", KnobFailed.Errno.OTHER)).isEqualTo(MemstatError.VERSION);
    }

    @Test
    void knobOfTheWrongSizeIsRefused() {
        kernel.values.put("kern.smp.maxcpus", new byte[3]);
        assertThat(failure().detail()).isEqualTo("kern.smp.maxcpus has 3 bytes");
        kernel.values.put("kern.smp.maxcpus", new byte[8]);
        assertThat(failure().error()).isEqualTo(MemstatError.DATAERROR);
    }

    @Test
    void tooManyCpusAreRefusedBeforeAnythingIsRead() {
        kernel.number("kern.smp.maxcpus", 4097);
        assertThat(failure().error()).isEqualTo(MemstatError.TOOMANYCPUS);
        assertThat(kernel.reads).containsExactly("kern.smp.maxcpus 4");
    }

    @Test
    void wrongLengthFromTheKernelIsRefused() {
        Knobs liar = (name, room) -> name.endsWith("stats") ? room.length + 1 : kernel.read(name, room);
        MemstatFailed failed = catchThrowableOfType(MemstatFailed.class, () -> list.sysctlMalloc(liar));
        assertThat(failed.error()).isEqualTo(MemstatError.DATAERROR);
    }

    @Test
    void emptyStreamGivesAnEmptyList() {
        kernel.values.put("kern.malloc_stats", new byte[0]);
        list.sysctlMalloc(kernel);
        assertThat(list).isEmpty();
    }

    @Test
    void zonesThatFailLeaveTheTypesAsTheyWere() {
        kernel.failures.put("vm.zone_stats", KnobFailed.Errno.OTHER);
        MemstatFailed failed = catchThrowableOfType(MemstatFailed.class, () -> list.sysctlAll(kernel));
        assertThat(failed.error()).isEqualTo(MemstatError.VERSION);
        assertThat(list.geterror()).isEqualTo(MemstatError.VERSION);
        assertThat(list).isEmpty();
        kernel.failures.clear();
        list.sysctlUma(kernel);
        assertThat(list).hasSize(3);
        kernel.values.put("kern.malloc_stats", Streams.malloc(32, new TypeRecord("one", Map.of())));
        list.sysctlAll(kernel);
        assertThat(list).hasSize(4);
    }

    private MemstatError failureOf(String knob, KnobFailed.Errno errno) {
        kernel.failures.put(knob, errno);
        MemstatFailed failed = failure();
        kernel.failures.clear();
        assertThat(failed.detail()).isEqualTo(knob);
        return failed.error();
    }

    private MemstatFailed failure() {
        MemstatFailed failed = catchThrowableOfType(MemstatFailed.class, () -> list.sysctlMalloc(kernel));
        assertThat(list.geterror()).isEqualTo(failed.error());
        return failed;
    }
}
