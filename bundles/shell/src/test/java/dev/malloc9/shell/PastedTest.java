package dev.malloc9.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Tests that an address is found in pasted text. */
class PastedTest {

    private static final MemorySegment BLOCK =
            MemorySegment.ofAddress(0x7f5c40010000L).reinterpret(64);

    @Test
    void addressAloneIsParsed() {
        expect(0x7f5c40010000L, "0x7f5c40010000");
        expect(0x7f5c40010000L, " 0X7F5C40010000 ");
        expect(1234, "1234");
        expect(-1, "0xffffffffffffffff");
    }

    @Test
    void addressInAKernelMessageIsFound() {
        expect(
                0x7f5c40010008L,
                "dev.malloc9.api.InvalidFree: free: address 0x7f5c40010008(0x7f5c40010000) has not been allocated.");
        expect(0x7f0L, "panic: free: block 0x7f0 of 512 bytes is free already");
    }

    @Test
    void addressInAJdkBoundsMessageIsComputed() {
        try {
            BLOCK.get(ValueLayout.JAVA_BYTE, 64);
        } catch (IndexOutOfBoundsException thrown) {
            expect(0x7f5c40010040L, thrown.toString());
        }
        try {
            BLOCK.getAtIndex(ValueLayout.JAVA_INT, -1);
        } catch (IndexOutOfBoundsException thrown) {
            expect(0x7f5c4000fffcL, thrown.toString());
        }
        expect(
                204,
                "Out of bound access on segment MemorySegment{ address:140 limit: 64 }; new offset = 64; new length = 1");
    }

    @Test
    void textWithoutAnAddressGivesNoResult() {
        for (String text :
                new String[] {"", "x", "0x", "0xg", "0x12345678901234567", "12 34", "99999999999999999999"}) {
            assertThat(Pasted.in(text)).as(text).isEmpty();
        }
    }

    private static void expect(long address, String text) {
        assertThat(Pasted.in(text)).contains(new Pasted(address));
    }
}
