package dev.malloc9.malloc;

import dev.malloc9.api.InvalidFree.Reason;
import dev.malloc9.api.runtime.Level;
import java.lang.foreign.MemorySegment;

/** The tests of {@code MisuseTest} at level I without sites: blocks have the requested sizes, and freed blocks are in quarantine. */
class MisuseArmouredTest extends MisuseTest {

    private static final String BY = "; allocated by thread main";

    private static final String FREED = " of type 'a' of " + FIRST + " is free already (freed again under type 'a' of "
            + FIRST + ")" + BY + ", freed by thread ";

    private static final String OWNER = " of type 'a' of " + FIRST;

    @Override
    void arm(Subsystem kernel) {
        kernel.sysctl().writeText("vm.malloc.sites", "0");
        kernel.subsystem.operator().level(Level.I);
    }

    @Override
    String text(Wrong wrong) {
        return switch (wrong) {
            case FREED_AT_ONCE, FREED_AND_64_OTHERS_AFTER -> "F: block A of 100 bytes" + FREED + "main";
            case FREED_BY_ANOTHER_THREAD -> "F: block A of 100 bytes" + FREED + "another";
            case FREED_AND_LARGE -> "F: block A of 100000 bytes" + FREED + "main";
            case NEVER_HANDED_OUT ->
                "F: block A of 512 bytes is free already (freed again under type 'a' of " + FIRST + ")";
            case INTERIOR_BY_ONE, INTERIOR_BY_A_GRANULE ->
                "F: address A is no start of a block; it lies in the block S of 100 bytes" + OWNER + GIVEN + BY;
            case INTERIOR_OF_A_RUN ->
                "F: address A is no start of a block; it lies in the block S of 100000 bytes" + OWNER + GIVEN + BY;
            case OF_ANOTHER_TYPE ->
                "F: block A of 100 bytes belongs to type 'c' of first 1 (7), not to 'a' of first 1 (7)" + BY;
            case OF_ANOTHER_BUNDLE ->
                "F: block A of 100 bytes belongs to type 'b' of second 1 (7), not to 'a' of first 1 (7)" + BY;
            case LEFT_BY_A_STOPPED_BUNDLE ->
                "F: block A of 100 bytes of type 'b' of second 1 (7) was left behind by a module that has stopped,"
                        + " and is in quarantine" + GIVEN + BY;
            case REVOKED ->
                "F: segment at A was revoked when its bundle stopped; at its place is the free block I of 512 bytes"
                        + GIVEN;
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
        return wrong == Wrong.FREED_AND_LARGE ? Reason.DOUBLE_FREE : super.reason(wrong);
    }

    @Override
    MemorySegment neverHandedOut(long live) {
        long last = (live | 0xffff) - 511;
        return view(last == (live & -512) ? live & -65_536 : last, 100);
    }
}
