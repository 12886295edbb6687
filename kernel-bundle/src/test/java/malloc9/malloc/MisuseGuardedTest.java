package malloc9.malloc;

import java.lang.foreign.MemorySegment;
import malloc9.api.InvalidFree.Reason;
import malloc9.api.runtime.Level;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** At level G: blocks have the bytes that were asked for, and freed ones are holes that MemGuard speaks for. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
class MisuseGuardedTest extends MisuseTest {

    private static final String BY = ", allocated by FRAME, freed by FRAME";

    @Override
    void arm(Subsystem kernel) {
        kernel.subsystem.operator().level(Level.G);
    }

    @Override
    String text(Wrong wrong) {
        return switch (wrong) {
            case FREED_AT_ONCE, FREED_AND_64_OTHERS_AFTER, FREED_BY_ANOTHER_THREAD ->
                "MemGuard detected double-free of A: block A of 100 bytes of type 'a' of first 1 (7)" + BY;
            case FREED_AND_LARGE ->
                "MemGuard detected double-free of A: block A of 100000 bytes of type 'a' of first 1 (7)" + BY;
            case NEVER_HANDED_OUT -> "MemGuard detected double-free of A";
            case INTERIOR_BY_ONE, INTERIOR_BY_A_GRANULE ->
                "F: address A is no start of a block; it lies in the block S of 100 bytes";
            case INTERIOR_OF_A_RUN -> "F: address A is no start of a block; it lies in the block S of 100000 bytes";
            case OF_ANOTHER_TYPE ->
                "F: block A of 100 bytes belongs to type 'c' of first 1 (7), not to 'a' of first 1 (7)";
            case OF_ANOTHER_BUNDLE ->
                "F: block A of 100 bytes belongs to type 'b' of second 1 (7), not to 'a' of first 1 (7)";
            case LEFT_BY_A_STOPPED_BUNDLE -> "F: block A of 100 bytes was left behind by a module that has stopped";
            case LONGER -> "F: view of 129 bytes at A is longer than its block of 100";
            case BEHIND_A_SLABS_LAST_ITEM,
                    FORGED_IN_A_HOLE,
                    FORGED_OUTSIDE,
                    OF_LIBC,
                    OF_ANOTHER_KERNEL,
                    OF_A_ZONE,
                    REVOKED,
                    ON_THE_HEAP,
                    READ_ONLY -> super.text(wrong);
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

    /** The hole behind the block. */
    @Override
    MemorySegment neverHandedOut(long live) {
        return view((live | 0xfff) + 1, 100);
    }
}
