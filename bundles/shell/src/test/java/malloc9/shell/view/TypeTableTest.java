package malloc9.shell.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import malloc9.api.runtime.ModuleId;
import malloc9.api.runtime.TypeStats;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("vmstat -m and show malloc print FreeBSD's columns")
class TypeTableTest {

    private static final ModuleId OWNER = new ModuleId("driver", "1.0.0", 7);

    private static final TypeStats OLDEST = type("oldest", 0, 100, 0, 2, 0);

    /** As the statistics stream cuts it, to 31 characters. */
    private static final TypeStats LONG_NAME = type("a type name longer than thirty ", 10000, 0, 7, 0, 0);

    private static final TypeStats UNUSED = type("unused", 0, 0, 0, 0, 0);
    private static final TypeStats TEMP = type("temp", 12288 + 16, 4096 + 16, 4, 2, 1 << 8 | 1);
    private static final TypeStats NEWEST = type("newest", 128, 64, 1, 1, 1 << 3);
    private static final List<TypeStats> GOLDEN = List.of(OLDEST, LONG_NAME, UNUSED, TEMP, NEWEST);

    @Test
    void vmstatPrintsTheGoldenTable() {
        assertThat(new TypeTable(GOLDEN).text() + "\n").isEqualTo("""
                                 Type InUse MemUse HighUse Requests  Size(s)
                               oldest    -2     0K       -        0 \040
                        a type name longer than thirty      7    10K       -        7 \040
                                 temp     2     8K       -        4  16,4096
                               newest     0     1K       -        1  128
                        """);
    }

    @Test
    void vmstatPrintsTheHighestSizeClassAsAPositiveNumber() {
        assertThat(new TypeTable(List.of(type("big", 1, 0, 1, 0, 1 << 31))).text())
                .endsWith("          big     1     1K       -        1  34359738368");
    }

    @Test
    void showMallocPrintsAllTypesNewestFirstAndWrapsBelowZero() {
        assertThat(new MallocTable(List.of(OLDEST, UNUSED, TEMP)).text() + "\n").isEqualTo("""
                                      Type        InUse        MemUse     Requests
                                      temp            2            8K            4
                                    unused            0            0K            0
                                    oldest 18446744073709551614            0K            0
                        """);
    }

    @Test
    void namesAreEscaped() {
        List<TypeStats> hostile = List.of(type("\u001b[2Jx\n", 16, 0, 1, 0, 1));
        assertThat(new TypeTable(hostile).text()).contains("\n \\u001b[2Jx\\n     1");
        assertThat(new MallocTable(hostile).text()).contains("\\u001b[2Jx\\n            1");
    }

    private static TypeStats type(String name, long allocated, long freed, long allocs, long frees, int mask) {
        return new TypeStats(name, "", OWNER, allocated, freed, allocs, frees, mask, 0, 0);
    }
}
