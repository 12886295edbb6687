package dev.malloc9.memstat.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.memstat.Allocator;
import dev.malloc9.memstat.Growth;
import dev.malloc9.memstat.MemoryType;
import dev.malloc9.memstat.MemoryTypeList;
import dev.malloc9.memstat.Streams;
import dev.malloc9.memstat.Streams.CpuRecord;
import dev.malloc9.memstat.Streams.TypeRecord;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Tables are FreeBSD's to the byte, and JSON says the same")
class TablesTest {

    private static final List<MemoryType> TYPES = types(Streams.goldenTypes());
    private static final List<MemoryType> ZONES = types(Streams.goldenZones());

    @Test
    void vmstatPrintsTheGoldenTypes() {
        assertThat(new TypeTable(TYPES).text() + "\n").isEqualTo("""
                                 Type InUse MemUse HighUse Requests  Size(s)
                               oldest    -2     0K       -        0 \040
                        a type name longer than thirty      7    10K       -        7 \040
                                 temp     2     8K       -        4  16,4096
                               newest     0     1K       -        1  128
                        """);
    }

    @Test
    void vmstatPrintsTheGoldenZones() {
        assertThat(new ZoneTable(ZONES).text() + "\n").isEqualTo("""
                        ITEM                   SIZE  LIMIT     USED     FREE      REQ FAIL SLEEP

                        mbuf_cluster:          2048,  25600,       8,       1,      10,   3,   0
                        mbuf_packet:            256,      0,       5,       6,      50,   0,   0
                        mbuf:                   256,      0,      62,      32,     103,   1,   2

                        """);
    }

    @Test
    void showMallocPrintsNewestFirstAndWrapsBelowZero() {
        assertThat(new MallocTable(TYPES).text() + "\n").isEqualTo("""
                                      Type        InUse        MemUse     Requests
                                    newest            0            1K            1
                                      temp            2            8K            4
                                    unused            0            0K            0
                        a type name longer than thirty             7           10K            7
                                    oldest 18446744073709551614            0K            0
                        """);
    }

    @Test
    void showUmaPrintsAllZonesNewestFirst() {
        assertThat(new UmaTable(ZONES).text() + "\n").isEqualTo("""
                                      Zone     Size     Used     Free     Requests   Sleeps
                                      mbuf      256       62       32          103        2
                               mbuf_packet      256        5        6           50        0
                              mbuf_cluster     2048        8        1           10        0
                        """);
    }

    @Test
    void emptyTableHasOnlyTheHeader() {
        assertThat(new TypeTable(List.of()).text()).isEqualTo("         Type InUse MemUse HighUse Requests  Size(s)");
        assertThat(new MallocTable(List.of()).text())
                .isEqualTo("              Type        InUse        MemUse     Requests");
        assertThat(new TypeTable(List.of()).json()).isEqualTo("{\"malloc-statistics\":{\"memory\":[]}}");
    }

    @Test
    void jsonHasTheRowsInBytes() {
        assertThat(new TypeTable(TYPES).json()).isEqualTo("""
                        {"malloc-statistics":{"memory":[\
                        {"type":"oldest","in-use":-2,"memory-use":-100,"requests":0,"size":[]},\
                        {"type":"a type name longer than thirty ","in-use":7,"memory-use":10000,"requests":7,"size":[]},\
                        {"type":"temp","in-use":2,"memory-use":8192,"requests":4,"size":[16,4096]},\
                        {"type":"newest","in-use":0,"memory-use":64,"requests":1,"size":[128]}]}}""");
        assertThat(new ZoneTable(ZONES.subList(2, 3)).json()).isEqualTo("""
                        {"memory-zone-statistics":{"zone":[\
                        {"name":"mbuf","size":256,"limit":0,"used":62,"free":32,"requests":103,"fail":1,"sleep":2}]}}""");
        assertThat(new MallocTable(TYPES.subList(3, 5)).json()).isEqualTo("""
                        {"malloc-statistics":{"memory":[\
                        {"type":"newest","in-use":0,"memory-use":64,"requests":1},\
                        {"type":"temp","in-use":2,"memory-use":8192,"requests":4}]}}""");
        assertThat(new UmaTable(ZONES.subList(0, 2)).json()).isEqualTo("""
                        {"memory-zone-statistics":{"zone":[\
                        {"name":"mbuf_packet","size":256,"used":5,"free":6,"requests":50,"sleeps":0},\
                        {"name":"mbuf_cluster","size":2048,"used":8,"free":1,"requests":10,"sleeps":0}]}}""");
    }

    @Test
    void hugeCountersArePrintedInFull() {
        List<MemoryType> huge = types(Streams.malloc(
                1, new TypeRecord("huge", Map.of(0, new CpuRecord(-1, 0, -1, 0, 0xffff_ffff_8000_0000L)))));
        assertThat(new TypeTable(huge).text()).endsWith("\n         huge    -1     0K       -       -1  34359738368");
        assertThat(new TypeTable(huge).json()).contains("\"requests\":18446744073709551615,");
        List<MemoryType> zone = types(Streams.zones(1, Streams.zone("huge", -1, -1, 0, -1, false, 0, 1, -1, -1)));
        assertThat(new ZoneTable(zone).text())
                .endsWith("\nhuge:                4294967295, 4294967295,18446744073709551615,4294967295,       0,"
                        + "18446744073709551615,18446744073709551615\n");
        assertThat(new UmaTable(zone).text())
                .endsWith("\n              huge 4294967295       -1 4294967295            0 18446744073709551615");
    }

    @Test
    void differencesHaveSignsAndMarkNewAndVanishedTypes() {
        MemoryTypeList earlier = list(type("temp", 10, 2), type("gone", 4, 0));
        MemoryTypeList later = list(type("leaky", 3, 0), type("temp", 11, 8));
        GrowthTable table = new GrowthTable(Growth.between(earlier, later));
        assertThat(table.text() + "\n").isEqualTo("""
                                      Type    InUse        Bytes   Requests      Now    Bytes now  Change
                                     leaky       +3          +48         +3        3           48  new
                                      gone       -4          -64          0        0            0  gone
                                      temp       -5          -80         +1        3           48
                        """);
        assertThat(table.json()).startsWith("""
                        {"memory-growth":{"memory":[\
                        {"type":"leaky","allocator":"malloc","change":"new","in-use-growth":3,"memory-use-growth":48,\
                        "requests-growth":3,"in-use":3,"memory-use":48},""").contains("\"change\":\"gone\"", "\"change\":\"kept\"");
        assertThat(new GrowthTable(List.of()).text()).isEqualTo("no differences");
    }

    @Test
    void namesAreEscapedAndInJsonOnlyDisguised() {
        String name = "\u001b[2J\"\\\n\u202ex";
        List<MemoryType> types =
                types(Streams.malloc(1, new TypeRecord(name, Map.of(0, new CpuRecord(16, 0, 1, 0, 1)))));
        List<MemoryType> zones = types(Streams.zones(1, Streams.zone(name, 16, 0, 0, 0, false, 0, 0, 0, 0)));
        String escaped = "\\u001b[2J\"\\\\\\n\\u202ex";
        assertThat(new TypeTable(types).text()).contains("\n" + escaped + "     1");
        assertThat(new MallocTable(types).text()).contains("\n" + escaped + "  ");
        assertThat(new ZoneTable(zones).text()).contains("\n" + escaped + ":");
        assertThat(new UmaTable(zones).text()).contains("\n" + escaped + "  ");
        assertThat(new GrowthTable(Growth.between(
                                MemoryTypeList.alloc(),
                                Streams.list(Streams.malloc(
                                        1, new TypeRecord(name, Map.of(0, new CpuRecord(16, 0, 1, 0, 1)))))))
                        .text())
                .contains("\n" + escaped + "  ");
        assertThat(new TypeTable(types).json()).contains("\"type\":\"\\u001b[2J\\\"\\\\\\n\\u202ex\",");
    }

    @Test
    void namesArePaddedByColumns() {
        Map<String, Integer> columns = Map.of("gr\u00f6\u00dfe", 5, "\u65e5\u672c", 4, "e\u0301", 1, "\ud83d\ude00", 2);
        columns.forEach((name, width) -> {
            assertThat(Printable.columns(name)).as(name).isEqualTo(width);
            String seen = Printable.of(name);
            List<MemoryType> types =
                    types(Streams.malloc(1, new TypeRecord(name, Map.of(0, new CpuRecord(16, 0, 1, 0, 1)))));
            List<MemoryType> zones = types(Streams.zones(1, Streams.zone(name, 16, 0, 0, 0, false, 0, 0, 0, 0)));
            assertThat(new TypeTable(types).text()).contains("\n" + " ".repeat(13 - width) + seen + "     1 ");
            assertThat(new MallocTable(types).text()).contains("\n" + " ".repeat(18 - width) + seen + "            1 ");
            assertThat(new ZoneTable(zones).text()).contains("\n" + seen + ":" + " ".repeat(19 - width) + "     16,");
            assertThat(new UmaTable(zones).text()).contains("\n" + " ".repeat(18 - width) + seen + "       16 ");
        });
    }

    private static MemoryTypeList list(TypeRecord... types) {
        return Streams.list(Streams.malloc(1, types));
    }

    private static TypeRecord type(String name, long allocs, long frees) {
        return new TypeRecord(name, Map.of(0, new CpuRecord(allocs * 16, frees * 16, allocs, frees, 1)));
    }

    private static List<MemoryType> types(byte[] stream) {
        return Streams.list(stream).types(Allocator.ANY);
    }
}
