package dev.malloc9.shell;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Options and operands")
class SyntaxTest {

    private static final String USAGE = "usage: cmd [-ad] [-o FORMAT] [-w SECS] [NAME...]";

    private final Syntax syntax = Syntax.of(USAGE, "does something")
            .flag("-a", "all")
            .flag("-d", "descriptions")
            .option("-w", "SECS", "again")
            .format()
            .operands("NAME", "names");

    @Test
    void flagsAreCombinedInAnyOrder() {
        Arguments arguments = parse("-da", "x", "-w5");
        assertThat(arguments.has("-a")).isTrue();
        assertThat(arguments.has("-d")).isTrue();
        assertThat(arguments.value("-w")).isEqualTo("5");
        assertThat(arguments.operands()).containsExactly("x");
        assertThat(parse("-aw", "7").value("-w")).isEqualTo("7");
        assertThat(parse("-a", "-a").has("-a")).isTrue();
    }

    @Test
    void operandsAreKeptAsTheyAre() {
        assertThat(parse("a=b=c", "-1", "", "*", "@f", "-", "$x", "'q'", "--", "-a", "--help")
                        .operands())
                .containsExactly("a=b=c", "-1", "", "*", "@f", "-", "$x", "'q'", "-a", "--help");
        assertThat(parse("a", null, "b").operands()).containsExactly("a", "b");
        assertThat(parse("-w", "-1").value("-w")).isEqualTo("-1");
    }

    @Test
    void laterCallDoesNotChangeEarlierArguments() {
        Arguments first = parse("-w", "1", "-o", "json", "x");
        parse("-w", "2", "-a", "y");
        assertThat(first.value("-w")).isEqualTo("1");
        assertThat(first.isJson()).isTrue();
        assertThat(first.has("-a")).isFalse();
        assertThat(first.operands()).containsExactly("x");
    }

    @Test
    void wrongOptionIsNamedWithTheUsage() {
        refused("unknown option: -x; " + USAGE, "-x");
        refused("unknown option: --nosuch; " + USAGE, "a", "--nosuch");
        refused("unknown option: -x; " + USAGE, "-ax");
        refused("-w needs SECS; " + USAGE, "-w");
        refused("-w needs SECS; " + USAGE, "-aw");
        refused("-o needs FORMAT; " + USAGE, "-o", null);
        refused("unknown format: x\\u001b; " + USAGE, "-o", "x\u001b");
        assertThatThrownBy(() -> Syntax.of(USAGE, "").parse(new String[] {"a"}))
                .hasMessage("unexpected argument: a; " + USAGE);
    }

    @Test
    void helpShowsUsageAndOptions() {
        assertThat(syntax.parse(new String[] {"--help"})).isNull();
        assertThat(syntax.parse(new String[] {"-h"})).isNull();
        assertThat(syntax.help()).startsWith(USAGE + "\ndoes something\n").contains("-w=SECS", "-h, --help");
        assertThat(syntax.options()).containsEntry("-w", "SECS: again").containsKeys("-a", "-d", "-o", "-h", "--help");
        Syntax sizes = Syntax.withSizes("usage: sizes [-h]", "shows sizes");
        assertThat(sizes.parse(new String[] {"-h"})).isNotNull();
        assertThat(sizes.parse(new String[] {"--help"})).isNull();
    }

    private Arguments parse(@Nullable String... words) {
        return requireNonNull(syntax.parse(words));
    }

    private void refused(String message, @Nullable String... words) {
        assertThatThrownBy(() -> syntax.parse(words))
                .isInstanceOf(CommandFailed.class)
                .hasMessage(message);
    }
}
