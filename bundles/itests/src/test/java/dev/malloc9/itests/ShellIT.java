package dev.malloc9.itests;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.malloc9.api.Malloc;
import dev.malloc9.itests.drivers.Greeter;
import dev.malloc9.itests.drivers.TracerDriver;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OsgiTest;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Tests of the commands of the shell in the real Gogo. */
@OsgiTest
@SuppressWarnings("NullAway.Init") // open() assigns the fields before each test
class ShellIT {

    private GogoSession session;
    private BundleContext context;

    public static Option[] options() {
        return new Option[] {
            Malloc9System.options(),
            ClasspathBundles.bundle("com.google.gson"),
            frameworkProperty("malloc9.drivers").value(Distribution.DRIVERS.toString()),
            MadeBundle.of("tracer", TracerDriver.class).option(),
            MadeBundle.of("ancient", TracerDriver.class)
                    .header("Import-Package", "dev.malloc9.api;version='[0.5,1.0)', *")
                    .option(),
            MadeBundle.of("former", TracerDriver.class)
                    .header("Import-Package", "malloc9.api;version='[1.0,2)', *")
                    .option(),
            MadeBundle.of("elder", Greeter.class)
                    .header("Bundle-Activator", "dev.malloc9.api.DriverActivator")
                    .header("Import-Package", "dev.malloc9.api, *")
                    .header(
                            "Provide-Capability",
                            "malloc9.type;malloc9.type=x;magic:Long=877983977;version:Version=0.9")
                    .option()
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
    void aDriverIsLoadedShownAndUnloaded() throws Exception {
        assertThat(session.run("kldload leaky")).startsWith("Loaded leaky, id=");
        assertThat(session.run("vmstat -m")).contains("        leaky     3     6K       -        3  2048");
        assertThat(session.run("kldstat")).containsPattern("\\d+ +1 +6144 +leaky-1\\.0\\.0\\S* +leaky");
        assertThat(session.run("show malloc")).containsPattern(" +leaky +3 +6K +3");
        assertThat(session.run("kldunload leaky")).contains("Unloaded leaky");
        assertThat(session.run("vmstat -m")).doesNotContain("leaky");
        assertThat(installed("dev.malloc9.samples.leaky")).isFalse();
        assertThat(session.run("leaks")).containsPattern("6144 +3 +2048 +leaky +leaky-");
    }

    @Test
    void blocksOfARunningModuleAreShownBySiteAndGrowth() throws Exception {
        session.run("sysctl debug.malloc.level=I");
        try {
            assertThat(session.run("leaks --growth")).startsWith("first look: ");
            session.run("kldload leaky");
            String site =
                    "leaky@\\S+/dev\\.malloc9\\.samples\\.leaky\\.LeakyDriver\\.start\\(LeakyDriver\\.java:\\d+\\)";
            assertThat(session.run("leaks leaky"))
                    .startsWith("BYTES  COUNT  OLDEST  SITE\n")
                    .containsPattern("\n *\\d+ +3 +\\d+m?s  " + site);
            assertThat(session.run("leaks --growth leaky")).containsPattern(" 3 +\\d+m?s  " + site);
            assertThat(session.run("leaks --growth leaky")).isEqualTo("no growth");
            assertThat(session.run("leaks --growth -o json leaky")).isEqualTo("{\"leaks\":{\"site\":[]}}");
            assertThat(session.run("leaks --age"))
                    .contains("  (no site) of type msgbuf of kernel ")
                    .containsPattern(site);
            session.run("kldunload leaky");
            assertThat(session.run("leaks leaky")).containsPattern(site);
        } finally {
            session.run("sysctl debug.malloc.level=R");
        }
        assertThatThrownBy(() -> session.run("leaks nosuch")).hasMessage("no such module: nosuch");
        assertThatThrownBy(() -> session.run("leaks --age --growth")).hasMessageStartingWith("usage: leaks ");
    }

    @Test
    void whatisTakesAPastedLine() throws Exception {
        assertThat(session.run("whatis 0x10")).isEqualTo("0x10 is no memory of the kernel's");
        assertThat(session.run("whatis 'Out of bound access on segment MemorySegment{ kind: native, address: 0x100,"
                        + " byteSize: 64 }; new offset = 64; new length = 1'"))
                .isEqualTo("0x140 is no memory of the kernel's");
        assertThatThrownBy(() -> session.run("whatis nothing")).hasMessage("no address in: nothing");
        session.run("kldload doublefree");
        String panic = session.run("panics").lines().toList().getLast();
        assertThat(session.run("whatis '" + panic.replace("'", "") + "'"))
                .matches("0x[0-9a-f]+ is a free item of 512 bytes of zone 512");
        session.run("kldunload doublefree");
    }

    /** The message of this JDK for an access just outside a segment is sufficient to find the block. */
    @Test
    @SuppressWarnings("unchecked") // the framework has only one LongFunction service
    void whatisAcceptsTheTextOfAJdkException() throws Exception {
        Bundle tracer = context.installBundle(ClasspathBundles.location("tracer"));
        tracer.start();
        try {
            LongFunction<MemorySegment> door = (LongFunction<MemorySegment>) Objects.requireNonNull(
                    context.getService(Objects.requireNonNull(context.getServiceReference(LongFunction.class))));
            MemorySegment block = door.apply(500);
            IndexOutOfBoundsException behind =
                    catchThrowableOfType(IndexOutOfBoundsException.class, () -> block.get(JAVA_BYTE, 500));
            assertThat(session.run("whatis '" + behind.getMessage() + "'"))
                    .startsWith("0x" + Long.toHexString(block.address() + 500) + " is ")
                    .contains("tracer");
            IndexOutOfBoundsException slice = catchThrowableOfType(
                    IndexOutOfBoundsException.class,
                    () -> block.asSlice(100, 50).get(JAVA_LONG_UNALIGNED, 47));
            assertThat(session.run("whatis '" + slice.getMessage() + "'"))
                    .startsWith("0x" + Long.toHexString(block.address() + 147) + " is ")
                    .contains("tracer");
        } finally {
            tracer.uninstall();
        }
    }

    @Test
    void kldstatChoosesByNameFileAndId() throws Exception {
        String id = session.run("kldload leaky").replaceAll(".*id=", "");
        String row = " *" + id + " +1 +6144 +leaky-1\\.0\\.0\\S*";
        for (String call : List.of(
                "kldstat -n leaky", "kldstat -i " + id, "kldstat -i " + id + " -n leaky.jar", "kldstat -nleaky")) {
            assertThat(session.run(call)).as(call).matches("Id .*\n" + row + " +leaky");
        }
        assertThat(session.run("kldstat -v -n leaky"))
                .matches("Id .*\n" + row + " \\(file:.*leaky\\.jar\\)\n\tContains types:\n\t\tleaky");
        session.run("kldunload leaky");
        assertThatThrownBy(() -> session.run("kldstat -n leaky")).hasMessage("can't find file leaky");
        assertThatThrownBy(() -> session.run("kldstat -i " + id)).hasMessage("can't find id " + id);
    }

    @Test
    void zonesAreShownInFreeBsdsColumns() throws Exception {
        assertThat(session.run("vmstat -z"))
                .startsWith("ITEM                   SIZE  LIMIT     USED     FREE      REQ FAIL SLEEP\n\n")
                .contains("4096:                  4096,      0,       8,");
    }

    @Test
    void tablesAreJsonOnDemand() throws Exception {
        session.run("kldload leaky");
        assertThat(session.run("vmstat -m -o json leaky"))
                .isEqualTo("{\"malloc-statistics\":{\"memory\":["
                        + "{\"type\":\"leaky\",\"in-use\":3,\"memory-use\":6144,\"requests\":3,\"size\":[2048]}]}}");
        assertThat(session.run("vmstat -z -o json 4096"))
                .startsWith(
                        "{\"memory-zone-statistics\":{\"zone\":[{\"name\":\"4096\",\"size\":4096,\"limit\":0,\"used\":8,");
        assertThat(session.run("show malloc -o json"))
                .contains("{\"type\":\"leaky\",\"in-use\":3,\"memory-use\":6144,");
        assertThat(session.run("vmstat -m -b -o json leaky"))
                .contains("\"memory-use\":6144,\"requests\":3,\"bundle\":\"leaky\",\"version\":\"1.0.0");
        assertThat(session.run("kldstat -o json")).contains("{\"bundle\":\"leaky\",\"version\":\"1.0.0");
        session.run("kldunload leaky");
    }

    @Test
    void everyTableIsOneJsonObjectOnOneLine() throws Exception {
        session.run("kldload leaky");
        session.run("kldunload leaky");
        for (String call : List.of(
                "kldstat",
                "vmstat -m",
                "vmstat -m -b",
                "vmstat -z",
                "vmstat -w 1 -c 1",
                "show malloc",
                "show uma",
                "show freepages",
                "show multizone_matches temp",
                "leaks",
                "leaks leaky",
                "leaks --age",
                "whatis 0x10",
                "panics",
                "suspects",
                "suspects --forget",
                "level",
                "verify",
                "memguard",
                "sysctl -a",
                "sysctl -d -a",
                "sysctl -N vm",
                "dmesg")) {
            String json = session.run("malloc9:" + call + " -o json");
            assertThat(json.lines()).as(call).hasSize(1);
            JsonElement parsed = JsonParser.parseString(json);
            assertThat(parsed.isJsonObject()).as(call).isTrue();
            assertThat(parsed.getAsJsonObject().size()).as(call).isEqualTo(1);
        }
    }

    @Test
    void showListsFreePagesAndTypesOfSharedZones() throws Exception {
        assertThat(session.run("show freepages"))
                .startsWith("FREE LIST 0:\n\n  ORDER (SIZE)  |  NUMBER\n                |  POOL 0\n")
                .containsPattern("\n  12 \\(016384K\\)  \\|  \\d{6}\n");
        assertThat(session.run("show multizone_matches temp").lines()).contains("temp", "msgbuf");
        assertThat(session.run("show multizone_matches")).isEqualTo("Usage: show multizone_matches <malloc type/addr>");
        assertThatThrownBy(() -> session.run("show multizone_matches tempp"))
                .hasMessage("no such memory type: tempp (did you mean temp?)");
    }

    @Test
    void memguardSelectsTypesBeforeTheyExist() throws Exception {
        try {
            assertThat(session.run("memguard temp leaky 'no*'"))
                    .isEqualTo("vm.memguard.desc:  -> temp,leaky,no*\nno such memory type yet: leaky");
            assertThat(session.run("sysctl -n vm.memguard.desc")).isEqualTo("temp,leaky,no*");
            session.run("kldload leaky");
            assertThat(session.run("memguard")).containsPattern("vm.memguard.numalloc: [1-9]");
            session.run("kldunload leaky");
        } finally {
            assertThat(session.run("memguard ''")).endsWith(" -> ");
        }
        assertThatThrownBy(() -> session.run("memguard " + "x".repeat(128))).hasMessageContaining("vm.memguard.desc");
    }

    @Test
    void levelIsSetByTypeBundleOrKernel() throws Exception {
        String kernels = "LEVEL  BUNDLE  TYPE\nR      -       -";
        assertThat(session.run("level")).isEqualTo(kernels);
        session.run("kldload leaky");
        try {
            assertThat(session.run("level I leaky")).containsPattern("\nI      leaky-1\\.0\\.0\\S* +-$");
            assertThat(session.run("level G leaky leaky")).containsPattern("\nG      leaky-1\\.0\\.0\\S* +leaky$");
            assertThatThrownBy(() -> session.run("level G leaky leeky"))
                    .hasMessage("no such memory type: leeky (did you mean leaky?)");
            assertThatThrownBy(() -> session.run("level G leeky")).hasMessage("no such module: leeky");
            session.run("level R leaky");
            assertThat(session.run("level R leaky leaky")).isEqualTo(kernels);
            assertThat(session.run("level I")).isEqualTo("LEVEL  BUNDLE  TYPE\nI      -       -");
            assertThat(session.run("sysctl -n debug.malloc.level")).isEqualTo("I");
        } finally {
            session.run("level R");
            session.run("kldunload leaky");
        }
    }

    @Test
    void bundleHumanSizesAndRepetitionAreOptional() throws Exception {
        session.run("kldload leaky");
        assertThat(session.run("vmstat -m -b leaky"))
                .containsPattern("\n        leaky     3     6K       -        3  leaky-1\\.0\\.0\\S*  2048");
        assertThat(session.run("vmstat -m -h leaky")).endsWith("leaky     3   6.0K       -        3  2048");
        assertThat(session.run("kldstat -h")).containsPattern(" 6\\.0K +leaky-");
        assertThat(session.run("vmstat -w 1 -c 2 -s growth leaky").lines())
                .containsExactly(
                        " Type  InUse  MemUse  Growth  Requests  Rate",
                        "leaky      3      6K       -         3     -",
                        "",
                        " Type  InUse  MemUse  Growth  Requests  Rate",
                        "leaky      3      6K       0         3   0/s");
        session.run("kldunload leaky");
        assertThatThrownBy(() -> session.run("vmstat -w 1 nosuch"))
                .hasMessageStartingWith("no such memory type: nosuch");
    }

    @Test
    void theDebuggerShowsZonesNewestFirst() throws Exception {
        assertThat(session.run("show uma"))
                .startsWith(
                        "              Zone     Size     Used     Free     Requests   Sleeps\n             65536    65536 ")
                .containsPattern("\n              4096     4096        8 +\\d+            8        0\n");
    }

    @Test
    void rowsAreSelectedByNameAndUnknownNamesRefused() throws Exception {
        assertThat(session.run("vmstat -m msgbuf"))
                .contains("       msgbuf     8    32K")
                .doesNotContain("temp");
        assertThatThrownBy(() -> session.run("vmstat -m nosuch")).hasMessageStartingWith("no such memory type: nosuch");
        assertThatThrownBy(() -> session.run("vmstat -z nosuch")).hasMessageStartingWith("no such zone: nosuch");
        assertThatThrownBy(() -> session.run("vmstat -m -o xml")).hasMessageContaining("usage: vmstat");
        assertThatThrownBy(() -> session.run("show uma malloc")).hasMessageContaining("usage: show");
    }

    @Test
    void moduleThatDoesNotStartIsUninstalled() throws Exception {
        assertThatThrownBy(() -> session.run("kldload garbage"))
                .hasMessageContaining("can't load garbage: malloc_init: bad malloc type magic");
        assertThat(installed("dev.malloc9.samples.garbage")).isFalse();
        assertThat(session.run("panics")).contains("garbage-", "malloc_init: bad malloc type magic");
    }

    @Test
    void anOlderDriverIsRefusedWithAClearText() throws Exception {
        assertThatThrownBy(() -> session.run("kldload " + file("ancient")))
                .hasMessageContaining("it needs package dev.malloc9.api [0.5.0,1.0.0), which no loaded module exports");
        assertThatThrownBy(() -> session.run("kldload " + file("elder")))
                .hasMessageContaining("has a descriptor of version 0.9.0, this kernel speaks 1.0.0");
        assertThatThrownBy(() -> session.run("kldload " + file("former")))
                .hasMessageContaining("can't load")
                .hasMessageContaining(
                        "it was built for an older malloc9: its package malloc9.api is dev.malloc9.api now");
        assertThat(session.run("dmesg -a"))
                .contains("Warning: former 0.0.0 (")
                .contains(
                        " was built for an older malloc9 and cannot start: its package malloc9.api is dev.malloc9.api now");
        assertThat(installed("ancient")).isFalse();
        assertThat(installed("former")).isFalse();
        assertThat(installed("elder")).isFalse();
    }

    @Test
    void wrongArgumentsOfCommandsAreRefused() {
        assertThatThrownBy(() -> session.run("kldload nosuch"))
                .hasMessageContaining("can't load nosuch: No such file or directory")
                .hasMessageContaining("leaky");
        assertThatThrownBy(() -> session.run("kldunload nosuch")).hasMessage("can't find file nosuch");
        assertThatThrownBy(() -> session.run("kldunload dev.malloc9.kernel"))
                .hasMessageContaining("can't unload kernel");
        assertThatThrownBy(() -> session.run("vmstat")).hasMessageContaining("usage: vmstat");
        assertThatThrownBy(() -> session.run("vmstat -m -z")).hasMessageContaining("usage: vmstat");
    }

    private boolean installed(String name) {
        return Stream.of(context.getBundles()).anyMatch(bundle -> name.equals(bundle.getSymbolicName()));
    }

    private static String file(String name) {
        return Path.of(URI.create(ClasspathBundles.location(name))).toString();
    }
}
