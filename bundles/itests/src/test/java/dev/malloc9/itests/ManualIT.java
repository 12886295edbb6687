package dev.malloc9.itests;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;

import dev.malloc9.api.Malloc;
import dev.malloc9.testkit.OsgiTest;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** Tests of the documentation in the shell: help and the manual pages agree, and describe every command. */
@OsgiTest
@SuppressWarnings("NullAway.Init") // open() assigns the fields before each test
class ManualIT {

    private GogoSession session;
    private BundleContext context;

    public static Option[] options() {
        return new Option[] {
            Malloc9System.options(), frameworkProperty("malloc9.drivers").value(Distribution.DRIVERS.toString())
        };
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
    void pageOfEachCommandBeginsWithItsDescription() throws Exception {
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
    void pageOfAStoppedBundleSaysThatItDoesNotRun() throws Exception {
        session.run("malloc9:kldload mbuf");
        Bundle mbuf = Stream.of(context.getBundles())
                .filter(bundle -> "dev.malloc9.mbuf".equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
        try {
            mbuf.stop();
            assertThat(session.run("malloc9:man netstat").lines())
                    .containsSubsequence(
                            "NAME",
                            "     netstat - the command is not registered: its bundle does not run",
                            "SYNOPSIS",
                            "     netstat -m [-o FORMAT]");
        } finally {
            mbuf.uninstall();
        }
    }

    @Test
    void wrongCallIsAnsweredWithTheSynopsisOfThePage() throws Exception {
        for (String call : List.of(
                "kldload -x",
                "kldunload -x a",
                "kldstat -x",
                "kldstat a",
                "kldstat -i",
                "vmstat -x",
                "vmstat -mx",
                "vmstat -s",
                "vmstat -w 1 -c",
                "vmstat -m -z",
                "vmstat -m --nosuch",
                "show -x",
                "show malloc malloc",
                "sysctl -x",
                "sysctl -a vm",
                "memguard -x",
                "panics -x",
                "panics a",
                "dmesg -x",
                "suspects -x",
                "level -x",
                "level R a b c",
                "verify -x",
                "whatis -x",
                "leaks -x",
                "help -x",
                "man -x",
                "kldload",
                "kldunload",
                "kldstat -o xml",
                "vmstat",
                "vmstat -m -s bytes",
                "vmstat -w 0",
                "vmstat -w 1 -s size",
                "vmstat -z -b",
                "show",
                "show malloc uma",
                "sysctl",
                "memguard -o xml",
                "panics -o xml",
                "dmesg -o xml",
                "suspects -o xml",
                "level X",
                "verify -o xml",
                "whatis",
                "leaks a b",
                "help a b",
                "man a b")) {
            String command = call.split(" ", -1)[0];
            String page = session.run("malloc9:man " + command);
            assertThatThrownBy(() -> session.run("malloc9:" + call))
                    .message()
                    .contains("usage: ")
                    .hasLineCount(1)
                    .satisfies(message -> assertThat(page.lines().map(String::strip))
                            .contains(message.substring(message.indexOf("usage: ") + "usage: ".length())))
                    .satisfies(message -> assertThat(message)
                            .contains(
                                    call.endsWith(" -mx")
                                            ? "-x"
                                            : call.endsWith(" -s bytes")
                                                    ? "-s"
                                                    : call.substring(call.lastIndexOf(' ') + 1)));
        }
    }

    @Test
    void eachOptionIsOnThePageOfItsCommand() throws Exception {
        List<String> checked = new ArrayList<>();
        for (String command : commands()) {
            String page = session.run("malloc9:man " + command);
            for (String option : options(command)) {
                if (asksForHelp(option, page)) {
                    continue;
                }
                assertThat(page.lines().map(String::strip))
                        .as("man " + command + " about " + option)
                        .anyMatch(line -> line.equals(option) || line.startsWith(option + " "));
                checked.add(command + " " + option);
            }
        }
        assertThat(checked).contains("vmstat -m", "vmstat -w", "leaks --age", "sysctl -b", "memguard -o", "kldstat -h");
    }

    /**
     * Returns true for an option that every command has: {@code --help}, and {@code -h} unless the synopsis of the page has an option of
     * that name.
     */
    private static boolean asksForHelp(String option, String page) {
        return option.equals("--help")
                || (option.equals("-h") && page.lines().noneMatch(line -> line.matches(".*\\[-[a-zA-Z]*h.*")));
    }

    @Test
    void eachColumnIsOnThePageOfItsCommand() throws Exception {
        session.run("kldload leaky");
        session.run("kldunload leaky");
        assertThatThrownBy(() -> session.run("kldload garbage"));
        for (String call : List.of(
                "vmstat -m",
                "vmstat -z",
                "vmstat -m -b",
                "vmstat -w 1 -c 1 -b",
                "show malloc",
                "show uma",
                "kldstat",
                "leaks",
                "leaks --age",
                "panics")) {
            String head = session.run("malloc9:" + call).lines().findFirst().orElse("");
            String page = session.run("malloc9:man " + call.split(" ", -1)[0]);
            assertThat(head.strip().split(" +", -1)).as(call).hasSizeGreaterThan(2);
            for (String column : head.strip().split(" +", -1)) {
                assertThat(page).as(call + " about " + column).containsPattern("(?<!\\w)" + Pattern.quote(column));
            }
        }
    }

    @Test
    void eachKnobIsOnAPage() throws Exception {
        StringBuilder all = new StringBuilder();
        for (String topic : topics()) {
            all.append(session.run("malloc9:man " + topic)).append('\n');
        }
        List<String> knobs = session.run("malloc9:sysctl -N -a").lines().toList();
        assertThat(knobs).contains("vm.kmem_size", "vm.memguard.desc");
        for (String knob : knobs) {
            assertThat(all.toString()).as(knob).containsPattern("(?<![\\w.])" + Pattern.quote(knob) + "(?![\\w.])");
        }
    }

    @Test
    void pagesKeepTo80Columns() throws Exception {
        List<String> topics = topics();
        assertThat(topics)
                .contains(
                        "malloc.9", "uma.9", "memguard.9", "redzone.9", "vmstat.8", "memstat.3", "sysctl.8", "leaks.8");
        for (String topic : topics) {
            assertThat(session.run("malloc9:man " + topic).lines()).as(topic).allMatch(line -> line.length() <= 80);
        }
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
    void sectionsAreNamedBeforeTheTopic() throws Exception {
        assertThat(session.run("malloc9:man 9 malloc")).isEqualTo(session.run("malloc9:man malloc"));
        assertThat(session.run("malloc9:man 8 memguard")).startsWith("MEMGUARD(8)");
        assertThat(session.run("malloc9:man 9 memguard")).startsWith("MEMGUARD(9)");
        assertThatThrownBy(() -> session.run("malloc9:man 8 malloc"))
                .hasMessage("No manual entry for malloc in section 8; see malloc(9)");
        assertThatThrownBy(() -> session.run("malloc9:man 9 nosuch"))
                .hasMessage("No manual entry for nosuch in section 9");
    }

    @Test
    void pagesAreFoundByAWordOfTheirDescription() throws Exception {
        assertThat(session.run("malloc9:man -k ALLOCATOR").lines())
                .contains("malloc(9)      kernel memory allocator, for drivers")
                .allMatch(line -> line.toLowerCase(Locale.ROOT).contains("allocator"));
        assertThat(session.run("malloc9:man -k kldun")).startsWith("kldunload(8) ");
        assertThatThrownBy(() -> session.run("malloc9:man -k nosuch")).hasMessage("nosuch: nothing appropriate");
    }

    @Test
    void seeAlsoNamesOnlyExistingPages() throws Exception {
        List<String> topics = session.run("malloc9:man")
                .lines()
                .map(line -> line.split(" ", -1)[0])
                .toList();
        for (String topic : topics) {
            List<String> page = session.run(
                            "malloc9:man " + topic.replace('(', '.').replace(")", ""))
                    .lines()
                    .toList();
            assertThat(page.getFirst()).startsWithIgnoringCase(topic);
            int see = page.indexOf("SEE ALSO");
            if (see >= 0) {
                assertThat(topics)
                        .as(topic)
                        .contains(page.stream()
                                .skip(see + 1)
                                .map(String::strip)
                                .collect(joining(" "))
                                .split(", ", -1));
            }
        }
    }

    @Test
    void helpOfACommandIsItsPageOrItsUsage() throws Exception {
        assertThat(session.run("malloc9:help dmesg")).isEqualTo(session.run("malloc9:man dmesg"));
        assertThat(session.run("malloc9:help lb")).contains("lb - list all installed bundles");
    }

    /** Returns the names of all manual pages, for example {@code vmstat.8}. */
    private List<String> topics() throws Exception {
        return session.run("malloc9:man")
                .lines()
                .map(line -> line.split(" ", -1)[0].replace('(', '.').replace(")", ""))
                .toList();
    }

    /** Returns the names of the options of a command except {@code --help}, read from its service by reflection. */
    private List<String> options(String command) throws Exception {
        ServiceReference<?>[] found = Objects.requireNonNull(context.getAllServiceReferences(
                null, "(&(osgi.command.scope=malloc9)(osgi.command.function=" + command + "))"));
        Object service = Objects.requireNonNull(context.getService(found[0]));
        Method options = service.getClass().getMethod("options");
        options.setAccessible(true);
        return ((Map<?, ?>) options.invoke(service))
                .keySet().stream()
                        .map(String::valueOf)
                        // The page help.1 describes this option for all commands.
                        .filter(option -> !option.equals("--help"))
                        .toList();
    }

    /**
     * Returns the functions of the scope malloc9 that a user types, read from the services. A name that begins with an underscore is
     * internal.
     */
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
