package malloc9.malloc;

import java.lang.foreign.MemorySegment;
import malloc9.api.InvalidFree.Reason;
import malloc9.api.runtime.Level;

/** At level I, without sites: blocks have the bytes that were asked for, and freed ones are in quarantine. */
class MisuseArmouredTest extends MisuseTest {

    @Override
    void arm(Subsystem kernel) {
        kernel.sysctl().writeText("vm.malloc.sites", "0");
        kernel.subsystem.operator().level(Level.I);
    }

    @Override
    String text(Wrong wrong) {
        return switch (wrong) {
            case FREED_AT_ONCE, FREED_AND_64_OTHERS_AFTER, FREED_BY_ANOTHER_THREAD ->
                "F: block A of 100 bytes is free already (freed again under type 'a')";
            case FREED_AND_LARGE -> "F: block A of 100000 bytes is free already (freed again under type 'a')";
            case NEVER_HANDED_OUT -> "F: block A of 512 bytes is free already (freed again under type 'a')";
            case INTERIOR_BY_ONE, INTERIOR_BY_A_GRANULE ->
                "F: address A is no start of a block; it lies in the block S of 100 bytes";
            case INTERIOR_OF_A_RUN -> "F: address A is no start of a block; it lies in the block S of 100000 bytes";
            case OF_ANOTHER_TYPE ->
                "F: block A of 100 bytes belongs to type 'c' of first 1 (7), not to 'a' of first 1 (7)";
            case OF_ANOTHER_BUNDLE ->
                "F: block A of 100 bytes belongs to type 'b' of second 1 (7), not to 'a' of first 1 (7)";
            case LEFT_BY_A_STOPPED_BUNDLE ->
                "F: block A of 100 bytes was left behind by a module that has stopped, and is in quarantine";
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
        return wrong == Wrong.FREED_AND_LARGE ? Reason.DOUBLE_FREE : super.reason(wrong);
    }

    @Override
    MemorySegment neverHandedOut(long live) {
        long last = (live | 0xffff) - 511;
        return view(last == (live & -512) ? live & -65_536 : last, 100);
    }
}
