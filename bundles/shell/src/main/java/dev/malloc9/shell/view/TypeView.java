package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.memstat.view.Json;
import dev.malloc9.memstat.view.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The memory types in the layout of {@code vmstat -m}, with names that are not cut. Beyond FreeBSD, the table can show the owning bundles
 * and sizes with units.
 *
 * @param types the types, oldest registration first; a type without requests and without blocks in use is not shown
 * @param bundles whether the text has a column for the bundle, in front of the sizes; JSON always has the bundle
 * @param sizes the format of memory in the text; {@link Sizes#EXACT} shows KiB, rounded up as FreeBSD does. JSON has bytes.
 */
public record TypeView(List<TypeStats> types, boolean bundles, Sizes sizes) implements View {

    private static final int SMALLEST_CLASS_SHIFT = 4;
    private static final int KIB = 1024;
    private static final String BUNDLE = "Bundle";

    @Override
    public String text() {
        List<TypeStats> rows = used();
        int width =
                rows.stream().mapToInt(type -> Printable.columns(bundle(type))).reduce(BUNDLE.length(), Math::max);
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "%13s %5s %6s %7s %8s  ", "Type", "InUse", "MemUse", "HighUse", "Requests")
                + column(BUNDLE, width)
                + "Size(s)");
        for (TypeStats type : rows) {
            String allocatedSizes = sizesOf(type).stream().map(String::valueOf).collect(Collectors.joining(","));
            lines.add(String.format(
                            Locale.ROOT,
                            "%s %5d %6s %7s %8d  ",
                            Printable.right(Printable.of(type.name()), 13),
                            type.inUse(),
                            memory(type),
                            "-",
                            type.allocs())
                    + column(bundle(type), width)
                    + allocatedSizes);
        }
        return String.join("\n", lines);
    }

    @Override
    public String json() {
        return Json.write(
                "malloc-statistics",
                "memory",
                used(),
                (fields, type) -> Common.module(
                                fields.text("type", type.name())
                                        .signed("in-use", type.inUse())
                                        .signed("memory-use", type.bytesInUse())
                                        .unsigned("requests", type.allocs()),
                                type.owner())
                        .numbers("size", sizesOf(type)));
    }

    private List<TypeStats> used() {
        return types.stream()
                .filter(type -> type.allocs() != 0 || type.inUse() != 0)
                .toList();
    }

    private String memory(TypeStats type) {
        return sizes == Sizes.EXACT ? (type.bytesInUse() + KIB - 1) / KIB + "K" : sizes.text(type.bytesInUse());
    }

    private String column(String text, int width) {
        return bundles ? Printable.left(text, width) + "  " : "";
    }

    private static String bundle(TypeStats type) {
        ModuleId owner = type.owner();
        return Printable.of(ModuleTable.fullName(owner));
    }

    private static List<Long> sizesOf(TypeStats type) {
        return IntStream.range(0, Integer.SIZE)
                .filter(i -> (type.sizeMask() & (1L << i)) != 0)
                .mapToObj(i -> 1L << (i + SMALLEST_CLASS_SHIFT))
                .toList();
    }
}
