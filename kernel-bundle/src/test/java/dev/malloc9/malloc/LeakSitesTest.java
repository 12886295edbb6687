package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.AddressInfo;
import dev.malloc9.api.runtime.AddressInfo.Place;
import dev.malloc9.api.runtime.BlockGroup;
import dev.malloc9.api.runtime.CallStack;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.Outstanding;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that the blocks that are left at a stop, or in use before it, are reported by their allocation sites. */
@Timeout(120)
class LeakSitesTest {

    private static final String HERE = "dev.malloc9.malloc.LeakSitesTest.";

    private final Subsystem kernel = new Subsystem();
    private final Random random = new Random(7);

    @AfterEach
    void stop() {
        kernel.close();
    }

    private MemorySegment here(long size, MallocType type) {
        return kernel.malloc().malloc(size, type, M_WAITOK);
    }

    private MemorySegment there(long size, MallocType type) {
        return kernel.malloc().malloc(size, type, M_WAITOK);
    }

    private MemorySegment byAddress(long size, MallocType type) {
        return MemorySegment.ofAddress(kernel.rawMalloc().malloc(size, type, M_WAITOK));
    }

    @Test
    void leaksOfRandomUnloadsAreReportedPerSite() {
        kernel.subsystem.sites().depth(1);
        for (int round = 0; round < 1_000; round++) {
            Owner owner = kernel.load("round " + round, Subsystem.M_A, Subsystem.M_B);
            kernel.subsystem.operator().level(owner.module(), Level.I);
            Map<String, long[]> expected = new HashMap<>();
            for (int blocks = random.nextInt(40); blocks > 0; blocks--) {
                // A block that is allocated at level R has no record, and thus no known site.
                boolean known = random.nextInt(8) != 0;
                kernel.subsystem.operator().level(owner.module(), known ? Level.I : Level.R);
                MallocType type = random.nextInt(3) == 0 ? Subsystem.M_B : Subsystem.M_A;
                long size = random.nextInt(1 << random.nextInt(17));
                int site = random.nextInt(3);
                MemorySegment block =
                        site == 0 ? here(size, type) : site == 1 ? there(size, type) : byAddress(size, type);
                long bytes =
                        kernel.subsystem.statistics().whatis(block.address()).bytes()
                                + (known ? block.address() - itemOf(block.address()) : 0);
                if (random.nextBoolean()) {
                    String method = site == 0 ? "here" : site == 1 ? "there" : "byAddress";
                    long[] sum = expected.computeIfAbsent(type.name() + (known ? method : ""), unknown -> new long[2]);
                    sum[0] += bytes;
                    sum[1]++;
                } else {
                    kernel.malloc().free(block, type);
                }
            }
            kernel.leaks.clear();
            kernel.unload(owner);
            Map<String, long[]> told = new HashMap<>();
            for (LeakReport leak : kernel.leaks) {
                assertThat(leak.bytes())
                        .isEqualTo(leak.blocks().stream()
                                .mapToLong(some -> some.size() * some.count())
                                .sum());
                if (!leak.groups().isEmpty()) {
                    assertThat(leak.groups().stream()
                                    .mapToLong(BlockGroup::bytes)
                                    .sum())
                            .isEqualTo(leak.bytes());
                    assertThat(leak.groups().stream()
                                    .mapToLong(BlockGroup::count)
                                    .sum())
                            .isEqualTo(leak.allocations());
                    leak.groups()
                            .forEach(group ->
                                    told.put(leak.type() + method(group), new long[] {group.bytes(), group.count()}));
                } else {
                    told.put(leak.type(), new long[] {leak.bytes(), leak.allocations()});
                }
            }
            assertThat(told.keySet()).isEqualTo(expected.keySet());
            told.forEach((site, sum) -> assertThat(sum).as(site).isEqualTo(expected.get(site)));
        }
    }

    /** Returns the start of the item around a block: the lowest address nearby that {@code whatis} attributes to the block. */
    private long itemOf(long address) {
        long inFront = address;
        for (long step = 1 << 13; step > 0; step >>= 1) {
            AddressInfo info = kernel.subsystem.statistics().whatis(inFront - step);
            inFront = info.start() == address && info.place() == Place.BLOCK ? inFront - step : inFront;
        }
        return inFront;
    }

    private static String method(BlockGroup group) {
        List<StackTraceElement> frames = group.site().frames();
        return frames.isEmpty() ? "" : frames.getFirst().getMethodName();
    }

    @Test
    void memoryOfOtherAllocatorsCountsWithoutSite() {
        Owner owner = kernel.load("both", Subsystem.M_A);
        kernel.subsystem.operator().level(owner.module(), Level.I);
        kernel.subsystem.sites().depth(1);
        MemorySegment block = here(100, Subsystem.M_A);
        kernel.subsystem.accounting().allocated(Subsystem.M_A, 1_000);
        assertThat(block.byteSize()).isEqualTo(100);
        kernel.unload(owner);
        LeakReport leak = kernel.leaks.getFirst();
        assertThat(leak.allocations()).isEqualTo(2);
        assertThat(leak.groups())
                .extracting(BlockGroup::count, LeakSitesTest::method)
                .containsExactlyInAnyOrder(tuple(1L, ""), tuple(1L, "here"));
        assertThat(leak.groups().stream().mapToLong(BlockGroup::bytes).sum()).isEqualTo(leak.bytes());
    }

    @Test
    void withoutAnySiteThereIsNoTable() {
        Owner owner = kernel.load("plain", Subsystem.M_A);
        here(100, Subsystem.M_A);
        kernel.unload(owner);
        assertThat(kernel.leaks.getFirst().groups()).isEmpty();
    }

    @Test
    void outstandingBlocksAndGrowthAreSeenAtAnyTime() {
        Owner first = kernel.load("first", Subsystem.M_A);
        kernel.load("second", Subsystem.M_B);
        kernel.subsystem.operator().level(Level.I);
        kernel.subsystem.sites().depth(1);
        List<MemorySegment> blocks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            blocks.add(here(100, Subsystem.M_A));
        }
        blocks.add(there(5_000, Subsystem.M_B));
        Outstanding before = kernel.subsystem.statistics().outstanding();
        assertThat(before.groups()).hasSize(2);
        assertThat(kernel.subsystem.statistics().outstanding(first.module()).groups())
                .singleElement()
                .satisfies(group -> {
                    assertThat(group.type()).isEqualTo("a");
                    assertThat(group.count()).isEqualTo(3);
                    assertThat(group.bytes()).isEqualTo(kernel.stats("a").bytesInUse());
                    assertThat(group.oldest()).isNotNull().isLessThan(Duration.ofMinutes(2));
                    assertThat(group.site().toString()).startsWith(HERE + "here(LeakSitesTest.java:");
                });
        blocks.add(here(100, Subsystem.M_A));
        kernel.malloc().free(blocks.get(3), Subsystem.M_B);
        assertThat(kernel.subsystem.statistics().outstanding().growthSince(before))
                .extracting(BlockGroup::type, BlockGroup::count)
                .containsExactly(tuple("a", 1L));
    }

    @Test
    void leaksHaveNoSitesIfOffAndSomeIfSampled() {
        Owner owner = kernel.load("sampled", Subsystem.M_A);
        kernel.subsystem.operator().level(owner.module(), Level.I);
        kernel.subsystem.sites().every(0);
        here(100, Subsystem.M_A);
        assertThat(kernel.subsystem.statistics().outstanding(owner.module()).groups())
                .extracting(BlockGroup::site)
                .containsExactly(CallStack.NONE);
        kernel.subsystem.sites().every(4);
        for (int i = 0; i < 400; i++) {
            here(16, Subsystem.M_A);
        }
        List<BlockGroup> groups =
                kernel.subsystem.statistics().outstanding(owner.module()).groups();
        assertThat(groups).hasSize(2);
        assertThat(groups.stream().mapToLong(BlockGroup::count).sum()).isEqualTo(401);
        // A binomial distribution with mean 100 and standard deviation 9.
        assertThat(groups.getLast().count()).isBetween(40L, 160L);
        kernel.unload(owner);
        assertThat(kernel.leaks.getFirst().groups()).hasSize(2);
    }

    @Test
    void whatisShowsAllocationAndFree() {
        Owner owner = kernel.load("known", Subsystem.M_A);
        kernel.subsystem.operator().level(owner.module(), Level.I);
        MemorySegment block = here(100, Subsystem.M_A);
        AddressInfo used = kernel.subsystem.statistics().whatis(block.address() + 100);
        assertThat(used.place()).isEqualTo(Place.BLOCK);
        assertThat(used.start()).isEqualTo(block.address());
        assertThat(used.requested()).isEqualTo(100);
        assertThat(used.type()).isEqualTo("a");
        assertThat(String.valueOf(used.allocated())).contains(HERE + "here(");
        assertThat(used.freed()).isNull();
        assertThat(kernel.subsystem.statistics().whatis(block.address() - 1).offset())
                .isEqualTo(-1);
        kernel.malloc().free(block, Subsystem.M_A);
        AddressInfo freed = kernel.subsystem.statistics().whatis(block.address());
        assertThat(freed.place()).isEqualTo(Place.QUARANTINE);
        assertThat(freed.type()).isEqualTo("a");
        assertThat(freed.owner()).isEqualTo(owner.module());
        assertThat(String.valueOf(freed.allocated())).contains(HERE + "here(");
        assertThat(String.valueOf(freed.freed())).contains(HERE + "whatisShowsAllocationAndFree(");
    }
}
