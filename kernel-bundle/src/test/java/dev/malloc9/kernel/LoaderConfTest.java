package dev.malloc9.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.sysctl.Knob;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the parser of FreeBSD's loader.conf(5). */
class LoaderConfTest {

    /** The loader.conf of the distribution. */
    private static final Path DISTRIBUTION = Path.of("..", "felix-config", "loader.conf");

    /** The tunables whose default depends on the machine or on other tunables. */
    private static final Set<String> COMPUTED =
            Set.of("vm.kmem_size", "vm.kmem_reserve", "kern.maxusers", "kern.ipc.maxpipekva");

    @TempDir
    private Path folder;

    private final List<String> complaints = new ArrayList<>();

    @Test
    void parserReadsNamesValuesAndComments() {
        assertThat(parse(
                        "# a comment",
                        "",
                        "vm.kmem_size=\"512M\"",
                        "  debug.malloc.numzones=8   # not quoted",
                        "vm.memguard.desc=\"a \\\"b\\\" # c\" # quoted",
                        "kern.maxusers=\"1\"",
                        "kern.maxusers=\"2\"",
                        "vm.kmem_size_min=",
                        "vm.kmem_size_max=\"\"\t"))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "vm.kmem_size", "512M",
                        "debug.malloc.numzones", "8",
                        "vm.memguard.desc", "a \"b\" # c",
                        "kern.maxusers", "2",
                        "vm.kmem_size_min", "",
                        "vm.kmem_size_max", ""));
        assertThat(complaints).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vm.kmem_size",
                "vm.kmem_size = \"1\"",
                "vm.kmem_size=\"1",
                "vm.kmem_size=1 2",
                "vm.kmem_size=\"1\" 2",
                "=1",
                "vm kmem=1",
                "\u001b[2J"
            })
    void aBadLineIsToldAndLeftOut(String line) {
        assertThat(parse("kern.maxusers=1", line, "vm.boot_pages=2"))
                .containsExactlyInAnyOrderEntriesOf(Map.of("kern.maxusers", "1", "vm.boot_pages", "2"));
        assertThat(complaints)
                .containsExactly("loader.conf:2: ignored, not NAME=\"VALUE\": " + line.replace("\u001b", "\\u001b"));
    }

    @Test
    void aMarkOfUtf8IsSkipped() throws IOException {
        assertThat(values(read("\uFEFFa=1\r\nb=\"\u00fc\uFEFF\"\r\n".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(Map.of("a", "1", "b", "\u00fc\uFEFF"));
        assertThat(complaints).isEmpty();
    }

    @Test
    void lineThatIsNotUtf8IsReportedWithItsNumber() throws IOException {
        assertThat(values(read("a=1\nb=\"\u00fc\" # \u00fc\nc=3 # \u00fc\n".getBytes(StandardCharsets.ISO_8859_1))))
                .isEqualTo(Map.of("a", "1", "c", "3"));
        assertThat(complaints).hasSize(1).first().asString().startsWith(file() + ":2: ignored, not UTF-8: b=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE"})
    void utf16IsToldOnce(String charset) throws IOException {
        assertThat(values(read("a=1\nb=2\n".getBytes(Charset.forName(charset)))))
                .isEmpty();
        assertThat(complaints)
                .containsExactly(file() + ":1: UTF-16, but UTF-8 is expected; no tunable is taken from it");
    }

    @Test
    void missingOrUnreadableFileIsReported() {
        Path missing = folder.resolve("nosuch.conf");
        assertThat(values(LoaderConf.read(missing, complaints::add))).isEmpty();
        assertThat(values(LoaderConf.read(folder, complaints::add))).isEmpty();
        assertThat(complaints)
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo(missing + ": no such file; no tunable is taken from it"),
                        line -> assertThat(line).startsWith(folder + ": cannot be read ("));
    }

    @Test
    void anyBytesMayStandInAComment() throws IOException {
        byte[] bytes = {'#', (byte) 0xff, (byte) 0xc3, '\n', 'a', '=', '1', '\r', '\n'};
        assertThat(values(read(bytes))).isEqualTo(Map.of("a", "1"));
        assertThat(complaints).isEmpty();
    }

    /** The second byte of {@code Å} in UTF-8, 0x85, is a line end in ISO 8859-1. */
    @Test
    void byteOfALetterIsNoLineEnd() throws IOException {
        byte[] bytes = "a=1 # Ångström\n# Å\nb=\"\\Å\"\n".getBytes(StandardCharsets.UTF_8);
        assertThat(values(read(bytes))).isEqualTo(Map.of("a", "1", "b", "Å"));
        assertThat(complaints).isEmpty();
    }

    @Test
    void shippedFileSetsNothingAndListsEachTunable() throws IOException {
        assertThat(values(LoaderConf.read(DISTRIBUTION, complaints::add))).isEmpty();
        String examples = Files.readAllLines(DISTRIBUTION).stream()
                .filter(line -> line.startsWith("#") && !line.startsWith("# "))
                .map(line -> line.substring(1))
                .collect(Collectors.joining("\n"));
        Map<String, String> uncommented = values(LoaderConf.parse("examples", examples, complaints::add));
        assertThat(complaints).isEmpty();
        try (Kernel kernel = Kernel.boot(Tunables.from(uncommented::get, 1 << 30))) {
            assertThat(uncommented.keySet())
                    .containsExactlyInAnyOrderElementsOf(kernel.sysctl().knobs().stream()
                            .filter(Knob::isTunable)
                            .map(Knob::name)
                            .toList());
            for (Knob knob : kernel.sysctl().knobs()) {
                if (knob.isTunable() && !COMPUTED.contains(knob.name())) {
                    assertThat(number(String.valueOf(uncommented.get(knob.name()))))
                            .as(knob.name())
                            .isEqualTo(number(knob.standard()));
                }
            }
        }
    }

    /** Converts a number with an optional suffix k, m or g to a plain number: 1m is 1048576. */
    private static String number(String value) {
        int power = value.matches("\\d+[kmg]") ? "kmg".indexOf(value.charAt(value.length() - 1)) + 1 : 0;
        return power == 0
                ? value
                : Long.toString(Long.parseLong(value.substring(0, value.length() - 1)) << (10 * power));
    }

    private Map<String, String> parse(String... lines) {
        return values(LoaderConf.parse("loader.conf", String.join("\n", lines), complaints::add));
    }

    private LoaderConf read(byte[] bytes) throws IOException {
        return LoaderConf.read(Files.write(file(), bytes), complaints::add);
    }

    private Path file() {
        return folder.resolve("loader.conf");
    }

    private static Map<String, String> values(LoaderConf conf) {
        return conf.settings().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().value()));
    }
}
