package dev.malloc9.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatternTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 15, 64})
    void oneWrongByteAnywhereIsFound(int size) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[size]);
        Pattern pattern = new Pattern(bytes, 42).fill();
        assertThat(pattern.holds()).isTrue();
        for (int at = 0; at < size; at++) {
            byte right = bytes.get(ValueLayout.JAVA_BYTE, at);
            bytes.set(ValueLayout.JAVA_BYTE, at, (byte) (right ^ 1));
            assertThat(pattern.holds()).isFalse();
            bytes.set(ValueLayout.JAVA_BYTE, at, right);
        }
        assertThat(pattern.holds()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 64})
    void patternOfAnotherIdentityDoesNotHold(int size) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[size]);
        new Pattern(bytes, 42).fill();
        assertThat(new Pattern(bytes, 43).holds()).isFalse();
        assertThat(new Pattern(bytes, 42).isZero()).isFalse();
    }
}
