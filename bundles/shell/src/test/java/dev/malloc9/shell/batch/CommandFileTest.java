package dev.malloc9.shell.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the encodings and line ends of a command file. */
class CommandFileTest {

    @Test
    void byteOrderMarkAtTheStartIsSkipped() throws UnreadableCommands {
        assertThat(decode("\uFEFFecho ü\necho \uFEFF\n", StandardCharsets.UTF_8))
                .isEqualTo("echo ü\necho \uFEFF\n");
    }

    @Test
    void crlfEndsALine() throws UnreadableCommands {
        assertThat(decode("echo a\r\necho b\rc\n", StandardCharsets.UTF_8)).isEqualTo("echo a\necho b\rc\n");
    }

    @Test
    void anotherEncodingIsNamedWithItsLine() {
        assertThatThrownBy(() -> decode("echo a\n# grün\n", StandardCharsets.ISO_8859_1))
                .isInstanceOf(UnreadableCommands.class)
                .hasMessage("boot.gogo:2: byte 0xfc, but UTF-8 is expected");
        assertThatThrownBy(() -> decode("\uFEFFecho a\n", StandardCharsets.UTF_16LE))
                .hasMessage("boot.gogo:1: a byte order mark of UTF-16, but UTF-8 is expected");
        assertThatThrownBy(() -> decode("echo a\n", StandardCharsets.UTF_16))
                .hasMessage("boot.gogo:1: a byte order mark of UTF-16, but UTF-8 is expected");
        assertThatThrownBy(() -> decode("echo a\n", StandardCharsets.UTF_16BE))
                .hasMessage("boot.gogo:1: byte 0x00, as in UTF-16, but UTF-8 is expected");
    }

    @Test
    void aCharacterThatIsCutShortIsNamed() {
        assertThatThrownBy(() -> CommandFile.decode("boot.gogo", new byte[] {'\n', '\n', (byte) 0xc3}))
                .hasMessage("boot.gogo:3: byte 0xc3, but UTF-8 is expected");
    }

    @Test
    void aMissingFileIsNamed(@TempDir Path folder) {
        String missing = folder.resolve("nosuch").toString();
        assertThatThrownBy(() -> CommandFile.read(missing)).hasMessageContaining("cannot read " + missing);
    }

    @Test
    void impossiblePathIsNamed() {
        assertThatThrownBy(() -> CommandFile.read("a\0b"))
                .isInstanceOf(UnreadableCommands.class)
                .hasMessageContaining("cannot read a\\u0000b");
    }

    private static String decode(String text, Charset charset) throws UnreadableCommands {
        return CommandFile.decode("boot.gogo", text.getBytes(charset));
    }
}
