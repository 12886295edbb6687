package dev.malloc9.sysctl;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RD;
import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RDTUN;
import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.KnobType;
import dev.malloc9.api.sysctl.SysctlFailed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests names, types, access and errors of section 6 of the facts, on knobs of this test. */
class SysctlServiceTest {

    private final AtomicLong number = new AtomicLong(-2);
    private final AtomicReference<String> text = new AtomicReference<>("old");
    private final SysctlTree tree = new SysctlTree();
    private final SysctlService sysctl = new SysctlService(tree);

    SysctlServiceTest() {
        tree.add(Oid.node("vm.test", "knobs of this test"));
        tree.add(Oid.integer("vm.test.int", CTLFLAG_RW, "an int").bind(number::get, this::set));
        tree.add(Oid.uint("vm.test.uint", CTLFLAG_RW, "a uint").bind(number::get, this::set));
        tree.add(Oid.longInteger("vm.test.long", CTLFLAG_RW, "a long").bind(number::get, this::set));
        tree.add(Oid.ulong("vm.test.ulong", CTLFLAG_RW, "a ulong").bind(number::get, this::set));
        tree.add(Oid.quad("vm.test.quad", CTLFLAG_RW, "a quad").bind(number::get, this::set));
        tree.add(Oid.string("vm.test.desc", CTLFLAG_RW, "a text").bindText(128, text::get, value -> {
            text.set(value);
            return true;
        }));
        tree.add(Oid.string("vm.test.text", CTLFLAG_RD, "a text").bindText(() -> "abc"));
        tree.add(Oid.ulong("vm.test.tunable", CTLFLAG_RDTUN, "set at boot").bind(number::get));
        tree.add(Oid.opaque("vm.test.struct", CTLFLAG_RD, "s,test", "20 bytes").bindBytes(() -> new byte[20]));
        tree.add(Oid.opaque("vm.test.ints", CTLFLAG_RD, "I", "three ints").bindBytes(() -> new byte[12]));
        tree.add(Oid.integer("vm.test_", CTLFLAG_RD, "sorts behind what is below vm.test")
                .bind(() -> 1));
    }

    private boolean set(long value) {
        number.set(value);
        return value != 13;
    }

    @ParameterizedTest
    @CsvSource({
        "vm.test.int, -2, 4, I, 2",
        "vm.test.uint, 4294967294, 4, IU, 6",
        "vm.test.long, -2, 8, L, 7",
        "vm.test.ulong, 18446744073709551614, 8, LU, 8",
        "vm.test.quad, -2, 8, Q, 4",
        "vm.test.text, abc, 4, A, 3",
        "vm.test.struct, Format:s+test Length:20 Dump:0x00000000000000000000000000000000..., 20, s+test, 5",
        "vm.test.ints, 0 0 0, 12, I, 5"
    })
    void everyTypeHasItsSizeFormatAndText(String name, String shown, int bytes, String format, int type) {
        assertThat(sysctl.readText(name)).isEqualTo(shown.replace('+', ','));
        assertThat(sysctl.read(name)).hasSize(bytes);
        assertThat(sysctl.length(name)).isEqualTo(bytes);
        assertThat(sysctl.knob(name).format()).isEqualTo(format.replace('+', ','));
        assertThat(sysctl.knob(name).type().number()).isEqualTo(type);
    }

    @Test
    void kindsHaveFreeBsdsBits() {
        assertThat(sysctl.knob("vm.test.tunable").kind()).isEqualTo(0x80080008);
        assertThat(sysctl.knob("vm.test.int").kind()).isEqualTo(0xC0000002);
        assertThat(sysctl.knob("vm.test.struct").kind()).isEqualTo(0x80000005);
        assertThat(sysctl.knob("vm").kind()).isEqualTo(0xC0000001);
        assertThat(sysctl.knob("vm.test"))
                .isEqualTo(new Knob("vm.test", KnobType.NODE, CTLFLAG_RW, "N", "knobs of this test", "", ""));
    }

    @Test
    void aTextEndsWithItsNul() {
        assertThat(sysctl.read("vm.test.text")).isEqualTo("abc\0".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void knobsListsTheSubtreeOfANode() {
        assertThat(sysctl.knobs().stream().map(Knob::name))
                .containsExactly(
                        "vm.test.desc",
                        "vm.test.int",
                        "vm.test.ints",
                        "vm.test.long",
                        "vm.test.quad",
                        "vm.test.struct",
                        "vm.test.text",
                        "vm.test.tunable",
                        "vm.test.uint",
                        "vm.test.ulong",
                        "vm.test_");
        assertThat(sysctl.knobs("vm.test")).hasSize(10);
        assertThat(sysctl.knobs("vm")).hasSize(11);
        assertThat(sysctl.knobs("kern")).isEmpty();
        assertThat(sysctl.knobs("vm.test_")).hasSize(1);
    }

    @Test
    void errorsHaveFreeBsdsErrnoAndText() {
        assertFails(Errno.ENOENT, "unknown oid 'vm.nosuch': No such file or directory", () -> sysctl.read("vm.nosuch"));
        assertFails(Errno.ENOENT, "unknown oid '': No such file or directory", () -> sysctl.knobs(""));
        assertFails(Errno.ENOENT, "unknown oid 'vm.': No such file or directory", () -> sysctl.knob("vm."));
        assertFails(
                Errno.ENOTDIR,
                "oid 'vm.test.int.x.y' lies below 'vm.test.int', which has a value: Not a directory",
                () -> sysctl.read("vm.test.int.x.y"));
        assertFails(Errno.EISDIR, "oid 'vm.test' isn't a leaf node: Is a directory", () -> sysctl.read("vm.test"));
        assertFails(
                Errno.EISDIR,
                "oid 'vm.test' isn't a leaf node: Is a directory",
                () -> sysctl.writeText("vm.test", "1"));
        assertFails(
                Errno.EPERM,
                "oid 'vm.test.text' is read only: Operation not permitted",
                () -> sysctl.writeText("vm.test.text", "x"));
        assertFails(
                Errno.EPERM,
                "oid 'vm.test.tunable' is a read only tunable: Operation not permitted",
                () -> sysctl.write("vm.test.tunable", new byte[0]));
        assertThat(number).hasValue(-2);
    }

    @Test
    void aNewValueMayBeLongerThanTheVariableButNotShorter() {
        sysctl.write("vm.test.int", Values.ofNumber(KnobType.LONG, 7));
        assertThat(number).hasValue(7);
        assertFails(
                Errno.EINVAL,
                "oid 'vm.test.int': a new value of 3 bytes is refused: Invalid argument",
                () -> sysctl.write("vm.test.int", new byte[3]));
        assertFails(
                Errno.EINVAL,
                "oid 'vm.test.ulong': a new value of 4 bytes is refused: Invalid argument",
                () -> sysctl.write("vm.test.ulong", new byte[4]));
        assertThat(number).hasValue(7);
    }

    @Test
    void aNewTextIsShorterThanItsBuffer() {
        sysctl.writeText("vm.test.desc", "x".repeat(127));
        assertThat(text).hasValue("x".repeat(127));
        assertFails(
                Errno.EINVAL,
                "oid 'vm.test.desc': invalid value '" + "y".repeat(128) + "': Invalid argument",
                () -> sysctl.writeText("vm.test.desc", "y".repeat(128)));
        assertThat(text).hasValue("x".repeat(127));
        sysctl.writeText("vm.test.desc", "");
        assertThat(text).hasValue("");
    }

    @ParameterizedTest
    @CsvSource({
        "vm.test.int, 12x, integer",
        "vm.test.int, '', integer",
        "vm.test.int, 2147483648, integer",
        "vm.test.int, 1kk, integer",
        "vm.test.int, 1 2, integer",
        "vm.test.int, #10, integer",
        "vm.test.int, 08, integer",
        "vm.test.uint, -1, unsigned integer",
        "vm.test.uint, 4g, unsigned integer",
        "vm.test.long, 9223372036854775808, long integer",
        "vm.test.long, 8388608t, long integer",
        "vm.test.ulong, -1, unsigned long integer",
        "vm.test.quad, one, value"
    })
    void textThatIsNoNumberOfTheTypeIsEinval(String name, String value, String type) {
        assertFails(
                Errno.EINVAL,
                "oid '" + name + "': invalid " + type + " '" + value + "': Invalid argument",
                () -> sysctl.writeText(name, value));
        assertThat(number).hasValue(-2);
    }

    @Test
    void aValueThatTheOwnerRefusesIsEinval() {
        assertFails(
                Errno.EINVAL,
                "oid 'vm.test.int': invalid integer '13': Invalid argument",
                () -> sysctl.writeText("vm.test.int", "13"));
    }

    @ParameterizedTest
    @CsvSource({"10, 10", "0x10, 16", "0X10, 16", "010, 8", "-1, -1", "1k, 1024", "2M, 2097152", "' 3 ', 3"})
    void numbersAreCs(String value, long expected) {
        sysctl.writeText("vm.test.int", value);
        assertThat(number).hasValue(expected);
    }

    @Test
    void shortBufferIsFilledAndFailsWithEnomem() {
        byte[] buffer = new byte[3];
        assertFails(
                Errno.ENOMEM,
                "oid 'vm.test.text': a buffer of 3 bytes is too short: Cannot allocate memory",
                () -> sysctl.read("vm.test.text", buffer));
        assertThat(buffer).isEqualTo(new byte[] {'a', 'b', 'c'});
        assertThat(sysctl.read("vm.test.text", new byte[4])).isEqualTo(4);
        assertThat(sysctl.read("vm.test.text", new byte[9])).isEqualTo(4);
    }

    @Test
    void handlerThatReturnsRestartIsCalledAgain() {
        AtomicInteger calls = new AtomicInteger();
        tree.add(Oid.opaque("vm.test.again", CTLFLAG_RD, "s,x", "fails once").bind(request -> {
            request.out(new byte[] {1, 2});
            return calls.incrementAndGet() % 2 == 1 ? Handler.RESTART : 0;
        }));
        assertThat(sysctl.read("vm.test.again")).containsExactly(1, 2);
        assertThat(sysctl.length("vm.test.again")).isEqualTo(2);
        assertThat(sysctl.read("vm.test.again", new byte[2])).isEqualTo(2);
        assertThat(calls).hasValue(6);
    }

    @Test
    void failedConsumerGetsNothingMore() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        sysctl.read("vm.test.text", all);
        assertThat(all.toByteArray()).isEqualTo(sysctl.read("vm.test.text"));
        AtomicInteger pieces = new AtomicInteger();
        tree.add(Oid.opaque("vm.test.stream", CTLFLAG_RD, "s,x", "a stream").bind(request -> {
            Sbuf sbuf = Sbuf.forRequest(3, request);
            sbuf.append(new byte[20]);
            return sbuf.finish();
        }));
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                pieces.incrementAndGet();
                throw new IOException("disk full");
            }
        };
        assertThatThrownBy(() -> sysctl.read("vm.test.stream", full))
                .isInstanceOf(IOException.class)
                .hasMessage("disk full");
        assertThat(pieces).hasValue(1);
    }

    @Test
    void aKnobIsDeclaredOnceBelowANode() {
        assertThatThrownBy(() ->
                        tree.add(Oid.integer("vm.test.int", CTLFLAG_RD, "again").bind(() -> 0)))
                .hasMessage("sysctl: vm.test.int is declared twice");
        assertThatThrownBy(() ->
                        tree.add(Oid.integer("vm.nosuch.int", CTLFLAG_RD, "").bind(() -> 0)))
                .hasMessage("sysctl: vm.nosuch.int lies below no node");
        assertThatThrownBy(() ->
                        tree.add(Oid.integer("vm.test.int.x", CTLFLAG_RD, "").bind(() -> 0)))
                .hasMessage("sysctl: vm.test.int.x lies below no node");
    }

    private static void assertFails(Errno errno, String message, ThrowingCallable call) {
        SysctlFailed failed = catchThrowableOfType(SysctlFailed.class, call);
        assertThat(failed).as(message).isNotNull().hasMessage(message);
        assertThat(failed.errno()).isEqualTo(errno);
    }
}
