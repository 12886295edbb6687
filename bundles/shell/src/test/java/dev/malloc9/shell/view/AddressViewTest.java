package dev.malloc9.shell.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.AddressInfo;
import dev.malloc9.api.runtime.AddressInfo.Place;
import dev.malloc9.api.runtime.BlockEvent;
import dev.malloc9.api.runtime.BlockGroup;
import dev.malloc9.api.runtime.CallStack;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.ModuleId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressViewTest {

    private static final ModuleId LEAKY = new ModuleId("leaky", "1.0.0", 14);
    private static final CallStack SITE = new CallStack(
            List.of(new StackTraceElement(null, "leaky", "1.0.0", "leaky.Driver", "open\u001b", "Driver.java", 12)));

    @Test
    void blocksInUseAreDescribed() {
        expect(
                new AddressInfo(0x1000, Place.BLOCK, 0x1000, 128, -1, "128", LEAKY, "buf", null, null),
                "0x1000 is a block of 128 bytes of type buf of leaky 1.0.0 (14)");
        BlockEvent allocated = new BlockEvent(Duration.ofSeconds(61), "main", SITE);
        expect(new AddressInfo(0x1064, Place.BLOCK, 0x1000, 112, 100, "128", LEAKY, "buf", allocated, null), """
                        0x1064 is 0x1000+100, a block of 112 bytes, 100 asked for, of type buf of leaky 1.0.0 (14)
                          the address lies 0 bytes past the end of the requested size
                          allocated 1m ago by thread main at leaky@1.0.0/leaky.Driver.open\\u001b(Driver.java:12)""");
        expect(new AddressInfo(0xfff, Place.BLOCK, 0x1000, 112, 100, "128", LEAKY, "buf", allocated, null), """
                        0xfff is 0x1000-1, a block of 112 bytes, 100 asked for, of type buf of leaky 1.0.0 (14)
                          the address lies 1 byte before the block
                          allocated 1m ago by thread main at leaky@1.0.0/leaky.Driver.open\\u001b(Driver.java:12)""");
        expect(
                new AddressInfo(0x1001, Place.ITEM, 0x1000, 48, -1, "frames", LEAKY, "frames", null, null),
                "0x1001 is 0x1000+1, an item of 48 bytes of zone frames of leaky 1.0.0 (14)");
    }

    @Test
    void freeAndQuarantinedBlocksAreDescribed() {
        expect(
                new AddressInfo(0x1000, Place.FREE, 0x1000, 64, -1, "64", null, null, null, null),
                "0x1000 is a free item of 64 bytes of zone 64");
        expect(
                new AddressInfo(
                        0x1000,
                        Place.QUARANTINE,
                        0x1000,
                        64,
                        60,
                        "64",
                        LEAKY,
                        "buf",
                        null,
                        new BlockEvent(Duration.ofMillis(5), "worker", CallStack.NONE)),
                """
                        0x1000 is a block of 64 bytes in quarantine, last of type buf of leaky 1.0.0 (14)
                          freed 5ms ago by thread worker at (no site)""");
        expect(
                new AddressInfo(0x1000, Place.QUARANTINE, 0x1000, 64, -1, "64", null, null, null, null),
                "0x1000 is a block of 64 bytes in quarantine");
    }

    @Test
    void addressesOutsideBlocksAreDescribed() {
        expect(nowhere(Place.GUARD, 0x1000), "0x1000 is a guard page");
        expect(nowhere(Place.TAIL, 0x1000), "0x1000 lies at the end of a slab or page run, behind its last byte");
        expect(nowhere(Place.HOLE, 0), "0x1000 lies in the kernel map, where nothing is allocated");
        expect(nowhere(Place.FOREIGN, 0), "0x1000 is no memory of the kernel's");
    }

    @Test
    void sitesAreEscapedAndAnEmptyViewPrintsItsText() {
        assertThat(new SiteView(List.of(new BlockGroup(LEAKY, "buf", SITE, 64, 1, null)), "none", Sizes.EXACT).text())
                .isEqualTo("""
                        BYTES  COUNT  OLDEST  SITE
                           64      1       -  leaky@1.0.0/leaky.Driver.open\\u001b(Driver.java:12)
                           64      1       -  sum""");
        assertThat(new SiteView(List.of(), "none", Sizes.EXACT).text()).isEqualTo("none");
    }

    @Test
    void reportsWithAndWithoutSitesAreShown() {
        LeakReport siteless =
                new LeakReport(LEAKY, "old", Instant.EPOCH, 3, 6144, List.of(new LeakReport.Blocks(2048, 3)));
        LeakReport known = new LeakReport(
                LEAKY,
                "buf",
                Instant.EPOCH,
                1,
                64,
                List.of(new LeakReport.Blocks(64, 1)),
                List.of(new BlockGroup(LEAKY, "buf", SITE, 64, 1, null)));
        assertThat(SiteView.of(List.of(known, siteless), "none", Sizes.EXACT).text())
                .isEqualTo("""
                        BYTES  COUNT  OLDEST  SITE
                         6144      3       -  (no site) of type old of leaky 1.0.0 (14)
                           64      1       -  leaky@1.0.0/leaky.Driver.open\\u001b(Driver.java:12)
                         6208      4       -  sum""");
    }

    private static AddressInfo nowhere(Place place, long start) {
        return new AddressInfo(0x1000, place, start, 0, -1, "", null, null, null, null);
    }

    private static void expect(AddressInfo info, String text) {
        assertThat(new AddressView(info).text()).isEqualTo(text);
    }
}
