package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.ModuleInfo;
import dev.malloc9.memstat.view.Json;
import dev.malloc9.memstat.view.Printable;
import java.util.ArrayList;
import java.util.List;

/**
 * The modules in the layout of {@code kldstat}. The column Size is the number of bytes that the module's types have in use.
 *
 * @param rows the modules in their order
 * @param sizes the format of sizes in the text; JSON has bytes
 * @param verbose whether a row of the text contains the location of the bundle, and is followed by a heading and one line for each type. If
 *     false, the last column has the types.
 */
public record ModuleTable(List<Row> rows, Sizes sizes, boolean verbose) implements View {

    private static final String NONE = "no modules";

    /**
     * A module.
     *
     * @param module the kernel's information about the module
     * @param references 1 for being loaded, and 1 for each module that is wired to it
     */
    public record Row(ModuleInfo module, long references) {}

    @Override
    public String text() {
        if (rows.isEmpty()) {
            return NONE;
        }
        Columns columns = new Columns(">Id", ">Refs", ">Size", "Name", verbose ? "" : "Types");
        for (Row row : rows) {
            ModuleInfo module = row.module();
            columns.add(
                    module.id().bundleId(),
                    row.references(),
                    sizes.text(module.bytes()),
                    fullName(module.id()) + (verbose ? " (" + module.file() + ")" : ""),
                    verbose ? "" : String.join(",", module.types()));
        }
        return verbose ? withTypes(columns.toString().lines().toList()) : columns.toString();
    }

    private String withTypes(List<String> lines) {
        List<String> all = new ArrayList<>();
        all.add(lines.getFirst());
        for (int i = 0; i < rows.size(); i++) {
            all.add(lines.get(i + 1));
            all.add("\tContains types:");
            rows.get(i).module().types().forEach(type -> all.add("\t\t" + Printable.of(type)));
        }
        return String.join("\n", all);
    }

    @Override
    public String json() {
        return Json.write(
                "kldstat",
                "file",
                rows,
                (fields, row) -> Common.module(fields, row.module().id())
                        .signed("refs", row.references())
                        .signed("size", row.module().bytes())
                        .texts("types", row.module().types()));
    }

    /** Returns the short name and version in one word, as {@code kldunload} accepts it. */
    static String fullName(ModuleId module) {
        return module.shortName() + "-" + module.version();
    }
}
