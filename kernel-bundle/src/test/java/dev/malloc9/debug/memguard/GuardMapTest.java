package dev.malloc9.debug.memguard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.vm.GuardRange;
import dev.malloc9.vm.HoleSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
class GuardMapTest {

    private static final int PAGE = 4096;

    /** A range of ten pages. */
    private final GuardRange range = GuardRange.reserve(10 * PAGE);

    private final GuardMap map = new GuardMap(range, 5 * PAGE, 4);
    private final long base = range.base();

    @AfterEach
    void close() {
        map.close();
    }

    @Test
    void neighboursShareTheHoleBetweenThem() {
        assertThat(map.allocate(100, true)).isEqualTo(base + PAGE);
        assertThat(map.figures().cursor()).isEqualTo(base + 2 * PAGE);
        assertThat(map.allocate(100, true)).isEqualTo(base + 3 * PAGE);
        assertThat(map.allocate(PAGE + 1, true)).isEqualTo(base + 5 * PAGE);
        assertThat(map.figures()).isEqualTo(new GuardMap.Figures(base + 7 * PAGE, 4 * PAGE, 2 * 3996, 0, 0, 0, 0, 3));
        map.handedOut();
        assertThat(map.figures().allocations()).isEqualTo(1);
    }

    @Test
    void freedRangeIsReusedWhenTheCursorComesRound() {
        long first = map.allocate(PAGE, true);
        map.allocate(PAGE, true);
        long third = map.allocate(PAGE, true);
        assertThat(third).isEqualTo(base + 5 * PAGE);
        assertThat(map.free(first, PAGE)).isTrue();
        assertThat(map.figures().used()).isEqualTo(2 * PAGE);
        assertThat(map.allocate(PAGE, true)).isEqualTo(base + 7 * PAGE);
        assertThat(map.figures().wraps()).isZero();
        // The scope of the first block is still alive, so its addresses cannot be used again.
        assertThat(map.free(third, PAGE)).isTrue();
        assertThat(map.allocate(PAGE, true)).isZero();
        assertThat(map.figures().wraps()).isEqualTo(1);
        assertThat(map.figures().noAddresses()).isEqualTo(1);
        map.reuse(first);
        assertThat(map.allocate(PAGE, true)).isEqualTo(first);
        assertThat(map.figures().wraps()).isEqualTo(1);
    }

    @Test
    void neighboursBecomeHolesWithOneCall() {
        CountingRange counting = new CountingRange();
        GuardMap used = new GuardMap(counting, 10 * PAGE, 10);
        long first = used.allocate(100, true);
        long second = used.allocate(PAGE, true);
        long foreign = used.allocate(100, true);
        long last = used.allocate(100, true);
        List<Long> during = new ArrayList<>();
        counting.during = () -> {
            for (int block = 0; block < 4; block++) {
                during.add(used.allocate(PAGE, false));
            }
        };
        assertThat(used.free(sizes(first, 100, second, PAGE, last, 100)))
                .containsExactlyInAnyOrder(first, second, last);
        assertThat(counting.holes).containsExactly(new Piece(first, second + PAGE - first), new Piece(last, PAGE));
        assertThat(during)
                .as("all places but the hole between the first two")
                .containsExactly(base + 8 * PAGE, base + 9 * PAGE, base, base + 4 * PAGE);
        assertThat(used.figures().used()).isEqualTo(5 * PAGE);
        used.reuse(second);
        assertThat(used.free(foreign, 100)).isTrue();
    }

    @Test
    void blocksOfARunThatIsRefusedBecomeHolesOneByOne() {
        CountingRange counting = new CountingRange();
        GuardMap used = new GuardMap(counting, 5 * PAGE, 4);
        long first = used.allocate(100, true);
        long second = used.allocate(100, true);
        counting.refused = Set.of(new Piece(first, 3 * PAGE), new Piece(second, PAGE));
        assertThat(used.free(sizes(first, 100, second, 100))).containsExactly(first);
        assertThat(used.figures().blocks()).isEqualTo(1);
        assertThat(used.figures().used()).isEqualTo(PAGE);
    }

    private static NavigableMap<Long, Long> sizes(long... addressesAndSizes) {
        NavigableMap<Long, Long> sizes = new TreeMap<>();
        for (int i = 0; i < addressesAndSizes.length; i += 2) {
            sizes.put(addressesAndSizes[i], addressesAndSizes[i + 1]);
        }
        return sizes;
    }

    /** The address range of one OS call. */
    private record Piece(long address, long bytes) {}

    /** A range that maps nothing and records the holes that were requested. */
    private final class CountingRange extends SamePlace {
        private final List<Piece> holes = new ArrayList<>();
        private Set<Piece> refused = Set.of();
        private Runnable during = () -> {};

        @Override
        public boolean back(long address, long bytes) {
            return true;
        }

        @Override
        public boolean hole(long address, long bytes) {
            Runnable once = during;
            during = () -> {};
            once.run();
            Piece piece = new Piece(address, bytes);
            return !refused.contains(piece) && holes.add(piece);
        }

        @Override
        public void keepOutOfDumps(long address, long bytes) {}

        @Override
        public void close() {}
    }

    @Test
    void withoutHolesBlocksLieSideBySide() {
        assertThat(map.allocate(1, false)).isEqualTo(base);
        assertThat(map.allocate(1, false)).isEqualTo(base + PAGE);
    }

    @Test
    void atTheLimitOnlySmallRequestsFail() {
        map.allocate(5 * PAGE, false);
        assertThat(map.allocate(PAGE - 1, false)).isZero();
        assertThat(map.figures().noPages()).isEqualTo(1);
        assertThat(map.allocate(PAGE, false)).isNotZero();
        assertThat(map.figures().noPages()).isEqualTo(1);
    }

    @Test
    void moreBlocksThanTheOsHasMapsForFail() {
        for (int block = 0; block < 4; block++) {
            assertThat(map.allocate(1, true)).isNotZero();
        }
        assertThat(map.allocate(1, true)).isZero();
        assertThat(map.figures().noAddresses()).isEqualTo(1);
        assertThat(map.figures().wraps()).isZero();
    }

    @Test
    void oversizedRequestFailsWithoutAWrap() {
        assertThat(map.allocate(9 * PAGE, true)).isZero();
        assertThat(map.figures().wraps()).isZero();
        assertThat(map.figures().noAddresses()).isEqualTo(1);
        assertThat(map.allocate(8 * PAGE, true)).isEqualTo(base + PAGE);
    }

    @Test
    void requestAfterTheEndMapsNothing() {
        SlowRange slow = new SlowRange();
        slow.goOn.countDown();
        GuardMap ended = new GuardMap(slow, 5 * PAGE, 4);
        long block = ended.allocate(100, true);
        ended.close();
        assertThat(ended.allocate(100, true)).isZero();
        assertThat(ended.free(block, 100)).isFalse();
        ended.keepOutOfDumps(block, 100);
        assertThat(slow.calls).containsExactly("back", "close");
    }

    @Test
    void endWaitsForThreadThatBacksPages() throws InterruptedException {
        assertThat(callsWhenClosedDuring(slow -> slow.allocate(100, true))).containsExactly("back", "close");
    }

    @Test
    void endWaitsForThreadThatMakesAHole() throws InterruptedException {
        long block = map.allocate(100, true);
        assertThat(callsWhenClosedDuring(slow -> slow.free(block, 100))).containsExactly("hole", "close");
    }

    @Test
    void endWaitsForThreadThatExcludesPagesFromDumps() throws InterruptedException {
        long block = map.allocate(100, true);
        assertThat(callsWhenClosedDuring(slow -> slow.keepOutOfDumps(block, 100)))
                .containsExactly("dump", "close");
    }

    /**
     * Returns the calls to the range in the order in which they ended, if {@code close} begins while {@code call} is inside the OS call.
     */
    private List<String> callsWhenClosedDuring(Consumer<GuardMap> call) throws InterruptedException {
        SlowRange slow = new SlowRange();
        GuardMap used = new GuardMap(slow, 5 * PAGE, 4);
        Thread caller = Thread.ofPlatform().start(() -> call.accept(used));
        slow.inside.await();
        Thread closer = Thread.ofPlatform().start(used::close);
        while (closer.isAlive() && closer.getState() != Thread.State.WAITING) {
            LockSupport.parkNanos(100_000);
        }
        slow.goOn.countDown();
        caller.join();
        closer.join();
        return slow.calls;
    }

    /** A source of holes with the base and the size of the test's range. */
    private abstract class SamePlace implements HoleSource {

        @Override
        public long base() {
            return base;
        }

        @Override
        public long size() {
            return range.size();
        }
    }

    /** A range whose calls wait until {@code goOn} is counted down. The pages of the test's range stay as they are. */
    private final class SlowRange extends SamePlace {
        private final CountDownLatch inside = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

        @Override
        public boolean back(long address, long bytes) {
            return call("back");
        }

        @Override
        public boolean hole(long address, long bytes) {
            return call("hole");
        }

        @Override
        public void keepOutOfDumps(long address, long bytes) {
            call("dump");
        }

        @Override
        public void close() {
            calls.add("close");
        }

        private boolean call(String name) {
            inside.countDown();
            try {
                goOn.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            return calls.add(name);
        }
    }
}
