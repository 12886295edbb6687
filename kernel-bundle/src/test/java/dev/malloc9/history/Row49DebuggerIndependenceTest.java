package dev.malloc9.history;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.debug.BlockRecord;
import dev.malloc9.debug.RedZone;
import dev.malloc9.debug.Trash;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/**
 * Row 49, 2004-07-10: debug hooks are a layer of their own (KDB), which depends on no higher layer; without a source of backtraces, reports
 * have none. ArchitectureTest checks that the layer does not depend on malloc.
 */
class Row49DebuggerIndependenceTest {

    private static final int ITEM = 512;

    private final MemorySegment memory = Arena.ofAuto().allocate(ITEM, 16);
    private final BlockRecord record =
            new BlockRecord(100, memory.address() + 256, 256, "foo", new ModuleId("driver", "1", 7), null);

    @Test
    void withoutABacktraceTheReportIsItsFirstLine() {
        RedZone.lay(memory, 0, ITEM, record);
        assertThat(RedZone.damage(memory, 0, ITEM, record, null)).isEmpty();
        memory.set(ValueLayout.JAVA_BYTE, 256 + 100, (byte) 0);
        assertThat(RedZone.damage(memory, 0, ITEM, record, null))
                .singleElement()
                .satisfies(damage -> assertThat(damage.report())
                        .containsExactly("REDZONE: Buffer overflow detected. 1 byte corrupted after 0x"
                                + Long.toHexString(memory.address() + 356)
                                + " (100 bytes allocated) of type 'foo' of driver 1 (7)."));
    }

    @Test
    void theLastOwnerIsKnownWithoutABacktrace() {
        record.free(null);
        Trash.fill(memory, 0, ITEM);
        assertThat(Trash.damage(memory, 0, ITEM, record)).isNull();
        memory.set(ValueLayout.JAVA_INT, 16, 0x1234);
        assertThat(requireNonNull(Trash.damage(memory, 0, ITEM, record)).report())
                .containsExactly(
                        "Memory modified after free 0x" + Long.toHexString(memory.address()) + "(512) val=1234 @ 0x"
                                + Long.toHexString(memory.address() + 16),
                        "Most recently used by foo");
    }
}
