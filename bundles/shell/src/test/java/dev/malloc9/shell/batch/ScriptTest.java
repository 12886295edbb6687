package dev.malloc9.shell.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.shell.output.Statements;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.Parser;
import org.apache.felix.gogo.runtime.Parser.Program;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Process;
import org.apache.felix.service.threadio.ThreadIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A batch runs each statement, says what failed, and remembers it")
class ScriptTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final CommandProcessorImpl processor = new CommandProcessorImpl(new NoThreadIo());

    @BeforeEach
    void commands() {
        for (String function : List.of("say", "fail", "status", "nothing", "shout", "error")) {
            processor.addCommand("test", new Commands(), function);
        }
    }

    @Test
    void resultsArePrintedInOrder() {
        assertThat(run("say a; say 'b;c'\nsay d", false)).isTrue();
        assertThat(out()).isEqualTo("a\nb;c\nd\n");
        assertThat(err()).isEmpty();
    }

    @Test
    void aFailureIsOneLineAndTheNextStatementRuns() {
        assertThat(run("fail; say after", false)).isFalse();
        assertThat(out()).isEqualTo("after\n");
        assertThat(err()).isEqualTo("fail: broken\n");
    }

    @Test
    void errexitStopsAtTheFirstFailure() {
        assertThat(run("say before; fail; say after", true)).isFalse();
        assertThat(out()).isEqualTo("before\n");
    }

    @Test
    void failureOfAnEarlierStatementFailsTheLine() {
        assertThat(run("fail; say a; say b", false)).isFalse();
    }

    @Test
    void anUnknownCommandIsNamed() {
        assertThat(run("frobnicate 1", false)).isFalse();
        assertThat(err()).isEqualTo("frobnicate: command not found\n");
    }

    @Test
    void anErrorThatACommandThrewIsShownWithItsReason() {
        assertThat(run("error", false)).isFalse();
        assertThat(err()).isEqualTo("error: out of luck\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"say [a $absent]", "(say a) $absent"})
    void expressionWithoutAValueIsSaidInPlainWords(String line) {
        assertThat(run(line, false)).isFalse();
        assertThat(err()).endsWith(": a variable or an expression has no value\n");
    }

    @Test
    void theFailingCommandOfAJoinedStatementIsNamed() {
        assertThat(run("nothing && fail", false)).isFalse();
        assertThat(err()).isEqualTo("fail: broken\n");
    }

    @Test
    void anExitStatusWithoutAMessageIsAFailure() {
        assertThat(run("status 1", false)).isFalse();
        assertThat(run("status 0", false)).isTrue();
    }

    @Test
    void anExitStatusChoosesTheBranch() {
        assertThat(run("status 1 || say other; status 1 && say never; say end", false))
                .isFalse();
        assertThat(out()).isEqualTo("other\nend\n");
    }

    @Test
    void outputOfACommandIsPrintedOnce() {
        assertThat(run("shout a; nothing", false)).isTrue();
        assertThat(out()).isEqualTo("a!\n");
    }

    @Test
    void aSyntaxErrorIsSaidWithItsPlaceAndNothingRuns() {
        assertThat(run("say a\nsay }", false)).isFalse();
        assertThat(out()).isEmpty();
        assertThat(err()).isEqualTo("batch: syntax error at 2.5: unexpected token '}'\n");
    }

    @Test
    void commentsBlankLinesAndLongClosuresAreParsed() {
        assertThat(split("# head\n\n;;say a # tail\nx = {\n say b\n say c\n}\nsay d && say e; say f | say g"))
                .containsExactly("say a", "x = {\n say b\n say c\n}", "say d && say e", "say f | say g");
    }

    @Test
    void ampersandEndsABackgroundStatement() {
        assertThat(split("say a & say b")).containsExactly("say a &", "say b");
    }

    private boolean run(String text, boolean errexit) {
        PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
        try (CommandSession session = processor.createSession(InputStream.nullInputStream(), outStream, errStream)) {
            session.put("SCOPE", "test:*");
            return new Script(session, outStream, errStream).run(text, errexit);
        }
    }

    private static List<String> split(String text) {
        return Statements.split(new Parser(text).program()).stream()
                .map(Program::tokens)
                .map(tokens -> tokens.stream().map(Object::toString).collect(Collectors.joining(" ")))
                .toList();
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** Commands with one method for each way to end: a result, no result, an exception, an error, and an exit status. */
    public static final class Commands {

        public String say(String... words) {
            return String.join(" ", Arrays.asList(words));
        }

        public void fail() {
            throw new IllegalStateException("broken");
        }

        @SuppressWarnings("DoNotCallSuggester") // Gogo calls the method by name
        public void error() {
            throw new AssertionError("out of luck");
        }

        public void status(int status) {
            Process.Utils.current().error(status);
        }

        public @Nullable Object nothing() {
            return null;
        }

        public void shout(String word) {
            Process.Utils.current().out().println(word + "!");
        }
    }

    /** A {@link ThreadIO} without effect: the commands of this test print to the streams that Gogo passes to them. */
    private static final class NoThreadIo implements ThreadIO {

        @Override
        public void setStreams(InputStream in, PrintStream out, PrintStream err) {}

        @Override
        public void close() {}
    }
}
