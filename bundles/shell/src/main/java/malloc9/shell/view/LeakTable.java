package malloc9.shell.view;

import java.util.List;
import malloc9.api.runtime.LeakReport;

/**
 * What stopped bundles forgot: a line for each type and block size.
 *
 * @param leaks oldest first
 */
public record LeakTable(List<LeakReport> leaks) implements View {

    private static final String NONE = "no leaks";

    @Override
    public String text() {
        if (leaks.isEmpty()) {
            return NONE;
        }
        Columns columns = new Columns(">BYTES", ">COUNT", ">SIZE", "TYPE", "BUNDLE", "WHEN");
        for (LeakReport leak : leaks) {
            String owner = ModuleTable.fullName(leak.owner());
            String when = Clock.text(leak.when());
            for (LeakReport.Blocks blocks : leak.blocks()) {
                long bytes = blocks.size() * blocks.count();
                columns.add(bytes, blocks.count(), blocks.size(), leak.type(), owner, when);
            }
        }
        return columns.toString();
    }
}
