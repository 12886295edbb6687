package dev.malloc9.sysctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests sbuf(9) with a drain: pieces, partial consumption, and an error that persists. */
class SbufTest {

    private final List<String> pieces = new ArrayList<>();

    @Test
    void aBufferOf128BytesDrainsInPiecesOf127() {
        List<Integer> lengths = new ArrayList<>();
        Sbuf sbuf = new Sbuf(128, (data, length) -> {
            lengths.add(length);
            return length;
        });
        assertThat(sbuf.append(new byte[16])).isTrue();
        for (int type = 0; type < 5; type++) {
            assertThat(sbuf.append(new byte[2080])).isTrue();
        }
        assertThat(lengths).hasSize(82);
        assertThat(sbuf.finish()).isZero();
        assertThat(lengths).hasSize(83).startsWith(127).endsWith(127, 127, 2);
        assertThat(lengths.subList(0, 82)).containsOnly(127);
    }

    @Test
    void theDrainIsCalledOnlyWhenAnotherByteComes() {
        Sbuf sbuf = new Sbuf(4, this::takeAll);
        sbuf.append(bytes("abc"));
        assertThat(pieces).isEmpty();
        sbuf.append(bytes("d"));
        assertThat(pieces).containsExactly("abc");
        assertThat(sbuf.finish()).isZero();
        assertThat(pieces).containsExactly("abc", "d");
    }

    @Test
    void bufferOfTwoBytesDrainsByteByByte() {
        Sbuf sbuf = new Sbuf(2, this::takeAll);
        sbuf.append(bytes("abc"));
        sbuf.finish();
        assertThat(pieces).containsExactly("a", "b", "c");
        assertThatThrownBy(() -> new Sbuf(1, this::takeAll)).hasMessage("sbuf: 1 bytes hold nothing and a NUL");
    }

    @Test
    void bytesThatTheDrainLeavesComeFirstNextTime() {
        Sbuf sbuf = new Sbuf(5, (data, length) -> {
            int taken = Math.min(length, 3);
            pieces.add(new String(data, 0, taken, StandardCharsets.US_ASCII));
            return taken;
        });
        sbuf.append(bytes("abcdefghij"));
        assertThat(pieces).containsExactly("abc", "def");
        assertThat(sbuf.finish()).isZero();
        assertThat(pieces).containsExactly("abc", "def", "ghi", "j");
    }

    @Test
    void drainErrorIsKeptUntilFinishReturnsIt() {
        List<Integer> calls = new ArrayList<>();
        Sbuf sbuf = new Sbuf(3, (data, length) -> {
            calls.add(length);
            return calls.size() == 2 ? -12 : length;
        });
        assertThat(sbuf.append(bytes("abcd"))).isTrue();
        assertThat(sbuf.append(bytes("e"))).isFalse();
        assertThat(sbuf.append(bytes("f"))).isFalse();
        assertThat(sbuf.error()).isEqualTo(12);
        assertThat(sbuf.finish()).isEqualTo(12);
        assertThat(calls).hasSize(2);
        assertThat(sbuf.finish()).isZero();
    }

    @Test
    void overflowWithoutADrainIsEnomem() {
        Sbuf sbuf = new Sbuf(4, null);
        assertThat(sbuf.append(bytes("abc"))).isTrue();
        assertThat(sbuf.bytes()).isEqualTo(bytes("abc"));
        assertThat(sbuf.append(bytes("d"))).isFalse();
        assertThat(sbuf.finish()).isEqualTo(12);
        assertThatThrownBy(() -> new Sbuf(4, this::takeAll).bytes())
                .hasMessage("an sbuf with a drain does not keep its bytes");
    }

    @Test
    void aDrainThatTakesNothingOrTooMuchIsAnError() {
        for (int taken : new int[] {0, 3}) {
            Sbuf sbuf = new Sbuf(3, (data, length) -> taken);
            sbuf.append(bytes("ab"));
            assertThatThrownBy(() -> sbuf.append(bytes("c")))
                    .hasMessage("sbuf: the drain took " + taken + " of 2 bytes");
        }
    }

    private int takeAll(byte[] data, int length) {
        pieces.add(new String(data, 0, length, StandardCharsets.US_ASCII));
        return length;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
