package dev.malloc9.malloc;

import dev.malloc9.api.InvalidFree.Reason;
import dev.malloc9.api.runtime.Level;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The tests of {@code MisuseTest} at level G: blocks have the requested sizes, and freed blocks are holes on which MemGuard reports. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
@Tag("slow")
class MisuseGuardedTest extends MisuseTest {

    private static final String BY = "; allocated by thread main\nAllocation backtrace:";

    private static final String FREED = " of type 'a' of " + FIRST + " is free already (freed again under type 'a' of "
            + FIRST + "); allocated by thread main, freed by thread ";

    private static final String STACKS = "\nAllocation backtrace:\nFree backtrace:";

    private static final String OWNER = " of type 'a' of " + FIRST;

    private static final String TWICE = "MemGuard detected double-free of A: F: ";

    @Override
    void arm(Subsystem kernel) {
        kernel.subsystem.operator().level(Level.G);
    }

    @Override
    String text(Wrong wrong) {
        return switch (wrong) {
            case FREED_AT_ONCE, FREED_AND_64_OTHERS_AFTER -> TWICE + "block A of 100 bytes" + FREED + "main" + STACKS;
            case FREED_BY_ANOTHER_THREAD -> TWICE + "block A of 100 bytes" + FREED + "another" + STACKS;
            case FREED_AND_LARGE -> TWICE + "block A of 100000 bytes" + FREED + "main" + STACKS;
            case NEVER_HANDED_OUT ->
                TWICE + "the address lies in no block; the nearest is the block S of 100 bytes" + OWNER + GIVEN + BY;
            case INTERIOR_BY_ONE, INTERIOR_BY_A_GRANULE ->
                "F: address A is no start of a block; it lies in the block S of 100 bytes" + OWNER + GIVEN + BY;
            case INTERIOR_OF_A_RUN ->
                "F: address A is no start of a block; it lies in the block S of 100000 bytes" + OWNER + GIVEN + BY;
            case OF_ANOTHER_TYPE ->
                "F: block A of 100 bytes belongs to type 'c' of first 1 (7), not to 'a' of first 1 (7)" + BY;
            case OF_ANOTHER_BUNDLE ->
                "F: block A of 100 bytes belongs to type 'b' of second 1 (7), not to 'a' of first 1 (7)" + BY;
            case LEFT_BY_A_STOPPED_BUNDLE ->
                "F: block A of 100 bytes of type 'b' of second 1 (7) was left behind by a module that has stopped"
                        + GIVEN + BY;
            case REVOKED ->
                "F: segment at A was revoked when its bundle stopped; at its place is the block A of 100 bytes"
                        + " of type 'b' of second 1 (7)" + GIVEN + BY;
            case READ_ONLY -> "F: segment at A is read-only; it lies in the block A of 100 bytes" + OWNER + GIVEN + BY;
            case LONGER -> "F: view of 129 bytes at A is longer than its block of 100 bytes" + OWNER + GIVEN + BY;
            case BEHIND_A_SLABS_LAST_ITEM,
                    FORGED_IN_A_HOLE,
                    FORGED_OUTSIDE,
                    OF_LIBC,
                    OF_ANOTHER_KERNEL,
                    OF_A_ZONE,
                    ON_THE_HEAP -> super.text(wrong);
        };
    }

    @Override
    Reason reason(Wrong wrong) {
        return switch (wrong) {
            case FREED_AND_LARGE -> Reason.DOUBLE_FREE;
            case NEVER_HANDED_OUT -> Reason.FOREIGN;
            default -> super.reason(wrong);
        };
    }

    /** Returns a view of the hole behind the block. */
    @Override
    MemorySegment neverHandedOut(long live) {
        return view((live | 0xfff) + 1, 100);
    }
}
