package malloc9.shell;

import java.util.Collection;
import java.util.List;
import malloc9.shell.manual.Manual;
import malloc9.shell.manual.Page;
import malloc9.shell.prompt.Completing;
import malloc9.shell.view.Lines;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** man(1): the manual pages that bundles carry. */
@Component(service = Man.class)
@GogoCommand(scope = "malloc9", function = "man")
public final class Man implements Completing {

    private final Manual manual;

    @Activate
    public Man(@Reference Manual manual) {
        this.manual = manual;
    }

    @Descriptor("show a page of the manual, or list its topics")
    public Lines man(@Descriptor("TOPIC of a page") @Nullable String... given) {
        String[] topics = Words.there(given);
        return switch (topics.length) {
            case 0 -> new Lines(manual.pages().stream().map(Page::entry).toList());
            case 1 ->
                new Lines(manual.page(topics[0])
                        .orElseThrow(() -> new CommandFailed(Messages.noManual(topics[0])))
                        .lines());
            default -> throw new CommandFailed(Messages.USAGE_MAN);
        };
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return arguments.isEmpty() ? manual.pages().stream().map(Page::topic).toList() : List.of();
    }

    boolean knows(String topic) {
        return manual.page(topic).isPresent();
    }
}
