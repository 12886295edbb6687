package malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import malloc9.api.Malloc;
import malloc9.testkit.OsgiTest;
import org.apache.felix.service.command.CommandProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** What the shell says of itself: help and the manual agree, and leave no command out. */
@OsgiTest
@SuppressWarnings("NullAway.Init") // open() initialises
class ManualIT {

    private GogoSession session;
    private BundleContext context;

    public static Option[] options() {
        return new Option[] {Malloc9System.options()};
    }

    @BeforeEach
    void open(BundleContext bundleContext, CommandProcessor processor, Malloc ready) {
        assertThat(ready).isNotNull();
        context = bundleContext;
        session = new GogoSession(processor);
    }

    @AfterEach
    void close() {
        session.close();
    }

    @Test
    void eachCommandHasAPageThatOpensWithItsDescriptionInHelp() throws Exception {
        List<String> help = session.run("malloc9:help").lines().toList();
        List<String> commands = commands();
        assertThat(commands).contains("kldload", "kldunload", "kldstat", "vmstat", "leaks", "panics", "dmesg", "help");
        for (String command : commands) {
            String entry = help.stream()
                    .filter(line -> line.matches(command + " +.*"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(command + " is not in help"));
            String description = entry.substring(command.length()).strip();
            assertThat(description).as(command).isNotEmpty();
            List<String> page = session.run("malloc9:man " + command).lines().toList();
            assertThat(page)
                    .as("man " + command)
                    .containsSubsequence("NAME", "     " + command + " - " + description, "SYNOPSIS", "DESCRIPTION");
            assertThat(page.get(page.indexOf("SYNOPSIS") + 1)).startsWith("     " + command);
        }
    }

    @Test
    void aWrongCallIsToldTheSynopsisOfThePage() throws Exception {
        for (String call : List.of(
                "kldload", "kldunload", "vmstat", "show", "sysctl", "whatis", "leaks a b", "help a b", "man a b")) {
            String command = call.split(" ", -1)[0];
            String page = session.run("malloc9:man " + command);
            assertThatThrownBy(() -> session.run("malloc9:" + call))
                    .message()
                    .startsWith("usage: ")
                    .satisfies(usage ->
                            assertThat(page.lines().map(String::strip)).contains(usage.substring("usage: ".length())));
        }
    }

    @Test
    void optionsAreOnThePage() throws Exception {
        assertThat(session.run("malloc9:man vmstat").lines().map(String::strip))
                .anyMatch(line -> line.startsWith("-m  "))
                .anyMatch(line -> line.startsWith("-z  "));
    }

    @Test
    void topicsAreListedAndFound() throws Exception {
        assertThat(session.run("malloc9:man").lines())
                .anyMatch(line -> line.matches("kldload\\(8\\) +load a module: .*"))
                .anyMatch(line -> line.matches("malloc\\(9\\) +kernel memory allocator, for drivers"));
        assertThat(session.run("malloc9:man malloc"))
                .isEqualTo(session.run("malloc9:man malloc.9"))
                .startsWith("MALLOC(9)")
                .contains("     malloc - kernel memory allocator, for drivers", "M_WAITOK");
        assertThatThrownBy(() -> session.run("malloc9:man nosuch")).hasMessage("No manual entry for nosuch");
    }

    @Test
    void seeAlsoLeadsSomewhere() throws Exception {
        List<String> topics = session.run("malloc9:man")
                .lines()
                .map(line -> line.split(" ", -1)[0])
                .toList();
        for (String topic : topics) {
            List<String> page = session.run("malloc9:man " + topic.replaceFirst("\\(.*", ""))
                    .lines()
                    .toList();
            assertThat(page.getFirst()).startsWithIgnoringCase(topic);
            int see = page.indexOf("SEE ALSO");
            if (see >= 0) {
                assertThat(topics).as(topic).contains(page.get(see + 1).strip().split(", ", -1));
            }
        }
    }

    @Test
    void helpOfACommandIsItsPageOrWhatItSaysOfItself() throws Exception {
        assertThat(session.run("malloc9:help dmesg")).isEqualTo(session.run("malloc9:man dmesg"));
        assertThat(session.run("malloc9:help lb")).contains("lb - list all installed bundles");
    }

    /** The functions of scope malloc9 that people type, from the services themselves. */
    private List<String> commands() throws InvalidSyntaxException {
        ServiceReference<?>[] found = context.getAllServiceReferences(null, "(osgi.command.scope=malloc9)");
        assertThat(found).isNotNull();
        return List.of(found).stream()
                .map(reference -> reference.getProperty("osgi.command.function"))
                .flatMap(function ->
                        function instanceof Object[] several ? List.of(several).stream() : List.of(function).stream())
                .map(String::valueOf)
                .filter(name -> !name.startsWith("_"))
                .toList();
    }
}
