package malloc9.shell.view;

import java.util.ArrayList;
import java.util.List;
import malloc9.api.runtime.ModuleId;
import malloc9.api.runtime.ModuleInfo;
import malloc9.memstat.view.Json;
import malloc9.memstat.view.Printable;

/**
 * The modules as {@code kldstat} shows them: Size is what their types hold now, in bytes.
 *
 * @param rows oldest module first
 * @param sizes how bytes are written
 * @param verbose whether a row has the location of its bundle, and its types follow on lines of their own
 */
public record ModuleTable(List<Row> rows, Sizes sizes, boolean verbose) implements View {

    private static final String NONE = "no modules";

    /**
     * One module.
     *
     * @param module what the kernel knows of it
     * @param references one for being loaded, and one for each module that stands on it
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

    /** Name and version in one word, as {@code kldunload} takes it. */
    static String fullName(ModuleId module) {
        return module.name() + "-" + module.version();
    }
}
