package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.InvalidFree.Reason;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests that each refused free names the address, the given type or zone, the owner and the bundle at every level, and the stacks where the
 * level records them.
 */
@ParameterizedClass
@EnumSource(Level.class)
class RefusedFreeTest {

    private static final String FIRST = "first 1 (7)";
    private static final String SECOND = "second 1 (7)";

    private final Level level;
    private final Subsystem kernel = new Subsystem();
    private final Zone zone;
    private final Zone other;
    private final MemorySegment block;

    RefusedFreeTest(Level level) {
        this.level = level;
        kernel.load("first", M_A);
        kernel.load("second", M_B);
        kernel.subsystem.operator().level(level);
        zone = kernel.zones().zcreate(ZoneRequest.of("frames", 48, M_A));
        other = kernel.zones().zcreate(ZoneRequest.of("others", 80, M_B));
        block = kernel.malloc().malloc(64, M_A, M_WAITOK);
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void blockGivenToAZoneIsOfAnotherType() {
        String line = "uma: Freed item " + hex(block.address()) + " did not belong to zone others of " + SECOND
                + ", it belongs to type 'a' of " + FIRST;
        refused(Reason.WRONG_TYPE, line, () -> other.zfree(block));
        refused(Reason.WRONG_TYPE, line, () -> other.raw().zfree(block.address()));
    }

    @Test
    void insideOfABlockGivenToAZoneNamesTheBlock() {
        refused(
                Reason.INTERIOR,
                "uma: Freed item " + hex(block.address() + 16) + " did not belong to zone others of " + SECOND
                        + ", it lies in the block " + hex(block.address()) + " of 64 bytes of type 'a' of " + FIRST,
                () -> other.zfree(block.asSlice(16)));
    }

    @Test
    void insideOfAnItemGivenToAnotherZoneNamesTheItem() {
        MemorySegment item = zone.zalloc(M_WAITOK);
        long inside = item.address() + 16;
        refusedWithoutStack(
                Reason.INTERIOR,
                "uma: Freed item " + hex(inside) + " did not belong to zone others of " + SECOND
                        + ", it lies in the item " + hex(item.address()) + " of 48 bytes of zone 'frames' of " + FIRST,
                () -> other.raw().zfree(inside));
        refusedWithoutStack(
                Reason.INTERIOR,
                "zone: frames of " + FIRST + " slab " + hex(item.address() & -65_536) + " freed address " + hex(inside)
                        + " unaligned, should be " + hex(item.address()),
                () -> zone.raw().zfree(inside));
        refusedWithoutStack(
                Reason.INTERIOR,
                "free: address " + hex(inside) + " is no start of a block; it lies in the item " + hex(item.address())
                        + " of 48 bytes of zone 'frames' of " + FIRST + ", given as type 'b' of " + SECOND,
                () -> kernel.rawMalloc().free(inside, M_B));
    }

    @Test
    void itemGivenToMallocOrAnotherZoneNamesItsZone() {
        MemorySegment item = zone.zalloc(M_WAITOK);
        refusedWithoutStack(
                Reason.WRONG_ZONE,
                "uma: Freed item " + hex(item.address()) + " did not belong to zone others of " + SECOND
                        + ", it belongs to zone 'frames' of " + FIRST,
                () -> other.zfree(item));
        refusedWithoutStack(
                Reason.WRONG_TYPE,
                "free: block " + hex(item.address()) + " of 48 bytes is an item of zone 'frames' of " + FIRST
                        + ", given as type 'b' of " + SECOND,
                () -> kernel.malloc().free(item, M_B));
    }

    @Test
    void blockGivenUnderAnotherTypeNamesBothBundles() {
        refused(
                Reason.WRONG_TYPE,
                "free: block " + hex(block.address()) + " of 64 bytes belongs to type 'a' of " + FIRST
                        + ", not to 'b' of " + SECOND,
                () -> kernel.malloc().free(block, M_B));
    }

    @Test
    void secondFreeUnderAnotherTypeNamesTheGivenType() {
        kernel.malloc().free(block, M_A);
        InvalidFree error = refusal(Reason.DOUBLE_FREE, () -> kernel.rawMalloc().free(block.address(), M_B));
        String again = " is free already (freed again under type 'b' of " + SECOND + ")";
        List<String> lines = lines(error);
        if (level == Level.R) {
            assertThat(lines).containsExactly("free: block " + hex(block.address()) + " of 64 bytes" + again);
        } else {
            assertThat(lines.getFirst())
                    .endsWith("free: block " + hex(block.address()) + " of 64 bytes of type 'a' of " + FIRST + again
                            + "; allocated by thread main, freed by thread main");
            assertThat(lines)
                    .filteredOn(line -> line.contains("RefusedFreeTest."))
                    .as("frames of both stacks")
                    .hasSizeGreaterThanOrEqualTo(2);
            assertThat(lines).contains("Allocation backtrace:", "Free backtrace:");
        }
    }

    /** At levels I and G, the stack of the block's allocation follows. */
    private void refused(Reason reason, String line, ThrowingCallable call) {
        List<String> lines = lines(refusal(reason, call));
        if (level == Level.R) {
            assertThat(lines).containsExactly(line);
        } else {
            assertThat(lines).startsWith(line + "; allocated by thread main", "Allocation backtrace:");
            assertThat(lines.get(2)).contains("RefusedFreeTest.<init>");
        }
    }

    private void refusedWithoutStack(Reason reason, String line, ThrowingCallable call) {
        assertThat(lines(refusal(reason, call))).containsExactly(line);
    }

    private static InvalidFree refusal(Reason reason, ThrowingCallable call) {
        InvalidFree error = Objects.requireNonNull(catchThrowableOfType(InvalidFree.class, call));
        assertThat(error.reason()).isEqualTo(reason);
        return error;
    }

    private static List<String> lines(InvalidFree error) {
        return Objects.requireNonNull(error.getMessage()).lines().toList();
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
