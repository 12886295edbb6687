package dev.malloc9.debug.memguard;

import dev.malloc9.vm.FailPoints;
import dev.malloc9.vm.FailPoints.Step;
import dev.malloc9.vm.HoleSource;

/**
 * A source of holes whose OS calls can be made to fail by an operator or a test (debug.fail). Only backing pages and making holes can fail.
 */
record FailingHoles(HoleSource holes, FailPoints failPoints) implements HoleSource {

    @Override
    public long base() {
        return holes.base();
    }

    @Override
    public long size() {
        return holes.size();
    }

    @Override
    public boolean back(long address, long bytes) {
        return !failPoints.fails(Step.GUARD_PAGES) && holes.back(address, bytes);
    }

    @Override
    public boolean hole(long address, long bytes) {
        return !failPoints.fails(Step.GUARD_HOLE) && holes.hole(address, bytes);
    }

    @Override
    public void keepOutOfDumps(long address, long bytes) {
        holes.keepOutOfDumps(address, bytes);
    }

    @Override
    public void close() {
        holes.close();
    }
}
