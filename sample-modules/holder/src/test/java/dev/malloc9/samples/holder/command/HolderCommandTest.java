package dev.malloc9.samples.holder.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

final class HolderCommandTest {

    private final HolderCommand holder = new HolderCommand();

    @Test
    void reportsThatNoSegmentWasGiven() {
        assertThat(holder.text()).isEqualTo("nothing to read: no driver has given a segment");
    }

    @Test
    void readsTheFirstByteOfTheSegmentGivenLast() {
        try (Arena arena = Arena.ofShared()) {
            holder.keep(filled(arena, 7));
            holder.keep(filled(arena, 42));
            assertThat(holder.text()).isEqualTo("first byte: 42");
        }
    }

    @Test
    void saysThatASegmentWasRevokedInsteadOfThrowing() {
        try (Arena arena = Arena.ofShared()) {
            holder.keep(filled(arena, 42));
        }
        assertThat(holder.text())
                .isEqualTo("revoked: the segment's owner is gone, and its memory was taken back (Already closed)");
    }

    @Test
    void saysThatASegmentHasNoBytes() {
        holder.keep(MemorySegment.NULL);
        assertThat(holder.text()).isEqualTo("nothing to read: the segment has no bytes");
    }

    private static MemorySegment filled(Arena arena, int value) {
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) value, (byte) 1);
    }
}
