package dev.malloc9.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShadowTest {

    private final Shadow shadow = new Shadow(1 << 20);

    @Test
    void rangesThatTouchDoNotOverlap() {
        assertThat(shadow.cover(1024, 1024)).isTrue();
        assertThat(shadow.cover(2048, 16)).isTrue();
        assertThat(shadow.cover(1008, 16)).isTrue();
        assertThat(shadow.covered()).isEqualTo(66);
    }

    @Test
    void anOverlapByOneByteIsFound() {
        assertThat(shadow.cover(1024, 1024)).isTrue();
        assertThat(shadow.cover(512, 513)).isFalse();
        assertThat(shadow.cover(2047, 5000)).isFalse();
    }

    @Test
    void uncoverOfAnUncoveredRangeIsRefused() {
        assertThat(shadow.cover(1024, 65_536)).isTrue();
        assertThat(shadow.uncover(1024, 65_536)).isTrue();
        assertThat(shadow.covered()).isZero();
        assertThat(shadow.uncover(1024, 16)).isFalse();
    }
}
