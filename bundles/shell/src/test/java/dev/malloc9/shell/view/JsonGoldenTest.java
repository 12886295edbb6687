package dev.malloc9.shell.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.AddressInfo;
import dev.malloc9.api.runtime.AddressInfo.Place;
import dev.malloc9.api.runtime.BlockEvent;
import dev.malloc9.api.runtime.BlockGroup;
import dev.malloc9.api.runtime.CallStack;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.FreePages;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.ModuleInfo;
import dev.malloc9.api.runtime.PanicRecord;
import dev.malloc9.api.runtime.SuspectsInfo;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.KnobType;
import dev.malloc9.shell.view.KnobTable.What;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("-o json: one object on one line, sizes in bytes, nothing that a terminal obeys")
class JsonGoldenTest {

    private static final Instant WHEN = Instant.parse("2026-11-22T10:20:30Z");
    private static final ModuleId LEAKY = new ModuleId("leaky", "1.0.0", 14);
    private static final String WHOSE = "\"bundle\":\"leaky\",\"version\":\"1.0.0\",\"bundle-id\":14";
    private static final CallStack SITE = new CallStack(
            List.of(new StackTraceElement(null, "leaky", "1.0.0", "leaky.Driver", "open\u001b", "Driver.java", 12)));
    private static final String FRAMES = "[\"leaky@1.0.0/leaky.Driver.open\\u001b(Driver.java:12)\"]";

    @Test
    void modulesAndPanicsHaveTheExpectedJson() {
        expect(
                new ModuleTable(
                        List.of(new ModuleTable.Row(new ModuleInfo(LEAKY, "file:l", 6144, List.of("a", "b")), 2)),
                        Sizes.HUMANE,
                        false),
                "{'kldstat':{'file':[{" + WHOSE + ",'refs':2,'size':6144,'types':['a','b']}]}}");
        expect(
                new PanicTable(List.of(new PanicRecord(WHEN, LEAKY, "bad\nmagic", "pipe\u202e"))),
                "{'panics':{'panic':[{'when':'2026-11-22T10:20:30.000Z'," + WHOSE
                        + ",'thread':'pipe\\u202e','message':'bad\\nmagic','count':1}]}}");
        expect(new PanicTable(List.of()), "{'panics':{'panic':[]}}");
    }

    @Test
    void leaksAndSitesHaveTheExpectedJson() {
        BlockGroup group = new BlockGroup(LEAKY, "buf", SITE, 64, 1, Duration.ofSeconds(2));
        String site = "{" + WHOSE + ",'type':'buf','bytes':64,'count':1,'oldest-ms':2000,'site':" + FRAMES + "}";
        LeakReport report =
                new LeakReport(LEAKY, "buf", WHEN, 1, 64, List.of(new LeakReport.Blocks(64, 1)), List.of(group));
        expect(
                new LeakTable(List.of(report), Sizes.HUMANE),
                "{'leaks':{'report':[{'when':'2026-11-22T10:20:30.000Z'," + WHOSE
                        + ",'type':'buf','allocations':1,'bytes':64,'blocks':[{'size':64,'count':1}],'sites':[" + site
                        + "]}]}}");
        expect(new SiteView(List.of(group), "none", Sizes.EXACT), "{'leaks':{'site':[" + site + "]}}");
    }

    @Test
    void addressesHaveTheExpectedJson() {
        expect(
                new AddressView(new AddressInfo(
                        0x1001,
                        Place.BLOCK,
                        0x1000,
                        64,
                        -1,
                        "64",
                        LEAKY,
                        "buf",
                        new BlockEvent(Duration.ofMillis(5), "main", SITE),
                        null)),
                "{'whatis':{'address':'0x1001','place':'block','start':'0x1000','bytes':64,'requested':null,"
                        + "'zone':'64','type':'buf'," + WHOSE
                        + ",'allocated':{'ago-ms':5,'thread':'main','site':" + FRAMES + "},'freed':null}}");
        expect(
                new AddressView(new AddressInfo(16, Place.FOREIGN, 0, 0, -1, "", null, null, null, null)),
                "{'whatis':{'address':'0x10','place':'foreign','start':null,'bytes':0,'requested':null,'zone':null,"
                        + "'type':null,'bundle':null,'version':null,'bundle-id':null,'allocated':null,'freed':null}}");
    }

    @Test
    void damageAndSuspectsHaveTheExpectedOutput() {
        Damage damage = new Damage(
                Damage.Kind.AFTER_FREE, WHEN, 0x1000, 8, 4, 60, "buf", LEAKY, List.of("a"), List.of("b"), List.of("x"));
        expect(
                new DamageView(List.of(damage)),
                "{'verify':{'damage':[{'kind':'after-free','when':'2026-11-22T10:20:30.000Z','address':'0x1000',"
                        + "'offset':8,'bytes':4,'size':60,'type':'buf'," + WHOSE
                        + ",'allocated':['a'],'freed':['b']}]}}");
        assertThat(new DamageView(List.of(damage)).text()).isEqualTo("x");
        assertThat(new DamageView(List.of()).text()).isEqualTo("no damage");
        SuspectsView suspects =
                new SuspectsView(new SuspectsInfo(1, List.of("a"), List.of(List.of("a", "b"), List.of())));
        expect(
                suspects,
                "{'suspects':{'hits':1,'types':['a'],'sets':[{'set':0,'types':['a','b']},{'set':1,'types':[]}]}}");
        assertThat(suspects.text()).isEqualTo("""
                1 finding, suspects: a
                set 0: a, b
                set 1: none""");
    }

    @Test
    void levelsHaveTheExpectedOutput() {
        LevelTable levels = new LevelTable(List.of(
                new LevelTable.Row(Level.R, null, null),
                new LevelTable.Row(Level.I, LEAKY, null),
                new LevelTable.Row(Level.G, LEAKY, "buf\u001b")));
        expect(
                levels,
                "{'level':{'level':[{'level':'R','bundle':null,'version':null,'bundle-id':null,'type':null},"
                        + "{'level':'I'," + WHOSE + ",'type':null},{'level':'G'," + WHOSE + ",'type':'buf\\u001b'}]}}");
        assertThat(levels.text()).isEqualTo("""
                LEVEL  BUNDLE       TYPE
                R      -            -
                I      leaky-1.0.0  -
                G      leaky-1.0.0  buf\\u001b""");
    }

    @Test
    void knobsAndMessagesHaveTheExpectedJson() {
        Knob knob = new Knob("vm.x", KnobType.INT, Knob.CTLFLAG_RWTUN, "I", "what it is", "bytes", "4");
        List<KnobTable.Row> rows = List.of(new KnobTable.Row(knob, "7", "4"));
        expect(new KnobTable(rows, What.VALUE, true), "{'sysctl':{'knob':[{'name':'vm.x','value':'7','before':'4'}]}}");
        expect(
                new KnobTable(rows, What.DESCRIPTION, true),
                "{'sysctl':{'knob':[{'name':'vm.x','description':'what it is','unit':'bytes','range':'','default':'4',"
                        + "'writable':true,'tunable':true}]}}");
        expect(new KnobTable(rows, What.NAME, true), "{'sysctl':{'knob':[{'name':'vm.x'}]}}");
        assertThat(new KnobTable(rows, What.VALUE, true).text()).isEqualTo("vm.x: 4 -> 7");
        expect(
                new GuardView(new KnobTable(rows, What.VALUE, true), List.of("no such")),
                "{'memguard':{'knob':[{'name':'vm.x','value':'7','before':'4'}],'note':['no such']}}");
        expect(new MessageList(List.of("one", "two")), "{'dmesg':{'message':['one','two']}}");
        expect(new MatchList(List.of("b", "a")), "{'multizone-matches':{'type':['b','a']}}");
    }

    @Test
    void typesHaveTheExpectedOutput() {
        TypeRows rows = new TypeRows(List.of(new TypeRows.Row("a", 3, 1, 4096, 2048)));
        expect(rows, "{'malloc-statistics':{'memory':[{'type':'a','in-use':2,'memory-use':2048,'requests':3}]}}");
        assertThat(rows.text().lines())
                .containsExactly(
                        "              Type        InUse        MemUse     Requests",
                        "                 a            2            2K            3");
        TypeStats stats = new TypeStats("a", "", LEAKY, 4096, 2048, 3, 1, 0b1001, 0, 0);
        expect(
                new TypeView(List.of(stats), true, Sizes.EXACT),
                "{'malloc-statistics':{'memory':[{'type':'a','in-use':2,'memory-use':2048,'requests':3," + WHOSE
                        + ",'size':[16,128]}]}}");
        assertThat(new TypeView(List.of(stats), true, Sizes.EXACT).text().lines())
                .containsExactly(
                        "         Type InUse MemUse HighUse Requests  Bundle       Size(s)",
                        "            a     2     2K       -        3  leaky-1.0.0  16,128");
        assertThat(new TypeView(List.of(stats), false, Sizes.HUMANE).text().lines())
                .containsExactly(
                        "         Type InUse MemUse HighUse Requests  Size(s)",
                        "            a     2   2.0K       -        3  16,128");
    }

    @Test
    void freePagesHaveTheExpectedOutput() {
        FreePagesView view = new FreePagesView(new FreePages(4096, List.of(0L, 3L, 12L)));
        assertThat(view.text().lines())
                .containsExactly(
                        "FREE LIST 0:",
                        "",
                        "  ORDER (SIZE)  |  NUMBER",
                        "                |  POOL 0",
                        "--            -- --      --",
                        "  02 (000016K)  |  000012",
                        "  01 (000008K)  |  000003",
                        "  00 (000004K)  |  000000");
        expect(
                view,
                "{'freepages':{'order':[{'order':2,'size':16384,'number':12},{'order':1,'size':8192,'number':3},"
                        + "{'order':0,'size':4096,'number':0}]}}");
    }

    private static void expect(View view, String json) {
        assertThat(view.json()).isEqualTo(json.replace('\'', '"'));
        assertThat(new InJson(view).text()).isEqualTo(view.json());
    }
}
