package dev.malloc9.shell;

import dev.malloc9.shell.manual.Manual;
import dev.malloc9.shell.manual.Page;
import dev.malloc9.shell.prompt.Pager;
import dev.malloc9.shell.view.Lines;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command man(1): shows or lists the manual pages that the bundles contain. */
@Component(service = Man.class)
@GogoCommand(scope = "malloc9", function = "man")
public final class Man extends ShellCommand {

    private static final String DESCRIPTION = "show a page of the manual, or list its topics";

    private static final String KEYWORD = "-k";

    private static final Predicate<String> SECTION = Pattern.compile("\\d\\w*").asMatchPredicate();

    private final Manual manual;

    @Activate
    public Man(@Reference Manual manual) {
        super(Syntax.of(Messages.USAGE_MAN, DESCRIPTION)
                .flag(KEYWORD, "list the pages with a word in their topics or descriptions")
                .operands("[SECTION] TOPIC", "the topic of a page, and its section"));
        this.manual = manual;
    }

    @Descriptor(DESCRIPTION)
    public @Nullable Object man(CommandSession session, @Nullable String... words) {
        return run(words, arguments -> {
            List<String> operands = arguments.operands();
            if (arguments.has(KEYWORD)) {
                return list(arguments.operand());
            }
            if (operands.isEmpty()) {
                return new Lines(entries(manual.pages()));
            }
            return operands.size() == 2 && SECTION.test(operands.getFirst())
                    ? show(session, page(operands.getLast(), operands.getFirst()))
                    : show(session, page(arguments.operand()));
        });
    }

    /**
     * Shows a page in the pager if the command runs at a terminal that is too small for the page, and returns null. Otherwise returns the
     * lines of the page, which the caller prints.
     */
    @Nullable
    Lines show(CommandSession session, Page page) {
        return Pager.show(session, page.title(), page.lines()) ? null : new Lines(page.lines());
    }

    /**
     * Returns the page about a topic, with or without section.
     *
     * @throws CommandFailed if there is none
     */
    Page page(String topic) {
        return manual.page(topic).orElseThrow(() -> new CommandFailed(Messages.noManual(topic)));
    }

    private Page page(String topic, String section) {
        return manual.pages().stream()
                .filter(page -> page.isAbout(topic) && page.section().equals(section))
                .findFirst()
                .orElseThrow(() -> new CommandFailed(Messages.noManual(
                        topic, section, manual.page(topic).map(Page::title).orElse(null))));
    }

    private Lines list(String word) {
        List<Page> found =
                manual.pages().stream().filter(page -> page.mentions(word)).toList();
        if (found.isEmpty()) {
            throw new CommandFailed(Messages.nothingAppropriate(word));
        }
        return new Lines(entries(found));
    }

    private static List<String> entries(List<Page> pages) {
        return pages.stream().map(Page::entry).toList();
    }

    @Override
    public Collection<String> candidates(List<String> arguments) {
        return arguments.isEmpty() ? manual.pages().stream().map(Page::topic).toList() : List.of();
    }

    boolean knows(String topic) {
        return manual.page(topic).isPresent();
    }
}
