package dev.malloc9.memstat.view;

import dev.malloc9.memstat.Growth;
import java.util.List;
import java.util.Locale;

/**
 * The table of the differences between two snapshots, with a line for each type that differs. Memory is shown in bytes, not in KiB,
 * since a leak may be small.
 *
 * @param differences the differences, in the order of the lines
 */
public record GrowthTable(List<Growth> differences) implements Table {

    private static final String NONE = "no differences";
    private static final String HEAD = String.format(
            Locale.ROOT,
            "%18s %8s %12s %10s %8s %12s  Change",
            "Type",
            "InUse",
            "Bytes",
            "Requests",
            "Now",
            "Bytes now");

    @Override
    public String text() {
        if (differences.isEmpty()) {
            return NONE;
        }
        StringBuilder text = new StringBuilder(HEAD);
        for (Growth growth : differences) {
            String row = String.format(
                    Locale.ROOT,
                    "\n%s %8s %12s %10s %8d %12d",
                    Printable.right(Printable.of(growth.name()), 18),
                    withSign(growth.count()),
                    withSign(growth.bytes()),
                    withSign(growth.requests()),
                    growth.countNow(),
                    growth.bytesNow());
            text.append(row);
            if (growth.change() != Growth.Change.KEPT) {
                text.append("  ").append(lowerCase(growth.change()));
            }
        }
        return text.toString();
    }

    @Override
    public String json() {
        return Json.write(
                "memory-growth",
                "memory",
                differences,
                (fields, growth) -> fields.text("type", growth.name())
                        .text("allocator", lowerCase(growth.allocator()))
                        .text("change", lowerCase(growth.change()))
                        .signed("in-use-growth", growth.count())
                        .signed("memory-use-growth", growth.bytes())
                        .signed("requests-growth", growth.requests())
                        .signed("in-use", growth.countNow())
                        .signed("memory-use", growth.bytesNow()));
    }

    private static String withSign(long difference) {
        return difference == 0 ? "0" : String.format(Locale.ROOT, "%+d", difference);
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
