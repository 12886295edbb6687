package malloc9.shell;

import java.util.Collection;
import java.util.List;
import malloc9.shell.manual.Manual;
import malloc9.shell.manual.Page;
import malloc9.shell.view.Lines;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** man(1): the manual pages that bundles carry. */
@Component(service = Man.class)
@GogoCommand(scope = "malloc9", function = "man")
public final class Man extends ShellCommand {

    private static final String DESCRIPTION = "show a page of the manual, or list its topics";

    private final Manual manual;

    @Activate
    public Man(@Reference Manual manual) {
        super(Syntax.of(Messages.USAGE_MAN, DESCRIPTION).operands("TOPIC", "the topic of a page"));
        this.manual = manual;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object man(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> arguments.operands().isEmpty() ? topics() : page(arguments.operand()));
    }

    Lines page(String topic) {
        return new Lines(manual.page(topic)
                .orElseThrow(() -> new CommandFailed(Messages.noManual(topic)))
                .lines());
    }

    private Lines topics() {
        return new Lines(manual.pages().stream().map(Page::entry).toList());
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return arguments.isEmpty() ? manual.pages().stream().map(Page::topic).toList() : List.of();
    }

    boolean knows(String topic) {
        return manual.page(topic).isPresent();
    }
}
