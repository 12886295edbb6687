package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.TypeListing;
import dev.malloc9.malloc.Subsystem;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("55067e6cf7: show malloc prints InUse, MemUse and Requests as vmstat -m does, since counts alone mislead")
class Row27ShowMallocTest {

    @Test
    void showMallocCountsBytesOfContiguousPages() {
        try (Subsystem kernel = new Subsystem()) {
            kernel.load("m", M_A, M_B, M_C);
            kernel.malloc().malloc(100, M_A, M_WAITOK);
            kernel.malloc().free(kernel.malloc().malloc(1, M_A, M_WAITOK), M_A);
            // Two blocks, which by their count alone look like two blocks of 16 bytes.
            kernel.malloc().contigmalloc(5 * 4096, M_B, M_WAITOK, 0, Long.MAX_VALUE, 4096, 0);
            kernel.malloc().malloc(4096, M_B, M_WAITOK);
            assertThat(listing(kernel).lines())
                    .containsExactly(
                            "              Type        InUse        MemUse     Requests",
                            "                 c            0            0K            0",
                            "                 b            2           24K            2",
                            "                 a            1            1K            2");
        }
    }

    @Test
    void figuresAreUnsignedAndNamesCannotMoveTheCursor() {
        StringBuilder out = new StringBuilder();
        TypeListing listing = new TypeListing(out);
        listing.type("\u001b[2J\n", 0, 1, 0, 1024);
        listing.type("a name of more than eighteen", -1, 0, 1, 0);
        assertThat(out.toString().lines())
                .containsExactly(
                        "              Type        InUse        MemUse     Requests",
                        "       \\u001b[2J\\n 18446744073709551615 18014398509481983K            0",
                        "a name of more than eighteen 18446744073709551615            1K 18446744073709551615");
    }

    @Test
    void namesArePaddedByColumns() {
        StringBuilder out = new StringBuilder();
        TypeListing listing = new TypeListing(out);
        listing.type("gr\u00f6\u00dfe", 1, 0, 1024, 0);
        listing.type("\u65e5\u672c", 1, 0, 1024, 0);
        listing.type("e\u0301\ud83d\ude00", 1, 0, 1024, 0);
        listing.type("\udb40\udc01\ud800", 1, 0, 1024, 0);
        String figures = "            1            1K            1";
        assertThat(out.toString().lines().skip(1))
                .containsExactly(
                        " ".repeat(13) + "gr\u00f6\u00dfe" + figures,
                        " ".repeat(14) + "\u65e5\u672c" + figures,
                        " ".repeat(15) + "e\u0301\ud83d\ude00" + figures,
                        "\\udb40\\udc01\\ud800" + figures);
    }

    private static String listing(Subsystem kernel) {
        StringBuilder out = new StringBuilder();
        kernel.subsystem.statistics().show(new TypeListing(out));
        return out.toString();
    }
}
