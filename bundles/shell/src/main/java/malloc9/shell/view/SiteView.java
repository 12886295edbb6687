package malloc9.shell.view;

import java.util.List;
import java.util.stream.Collectors;
import malloc9.api.runtime.BlockGroup;
import malloc9.api.runtime.SiteTable;
import malloc9.memstat.view.Printable;

/**
 * Blocks in use, a line for each type and site.
 *
 * @param groups in their order
 * @param none what is said if there are none
 */
public record SiteView(List<BlockGroup> groups, String none) implements View {

    @Override
    public String text() {
        return groups.isEmpty()
                ? none
                : new SiteTable(groups, groups.size(), true)
                        .lines().stream().map(Printable::of).collect(Collectors.joining("\n"));
    }
}
