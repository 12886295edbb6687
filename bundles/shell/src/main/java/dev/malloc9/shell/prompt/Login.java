package dev.malloc9.shell.prompt;

import dev.malloc9.shell.manual.Commands;
import java.nio.file.Path;
import java.util.List;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.apache.felix.service.command.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Version;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The function {@code malloc9:_login}, which sets up a Gogo session for an operator. The script {@code etc/gosh_profile} calls it.
 *
 * <p>A session at a terminal gets completion, the history and a greeting. A session that reads from a pipe gets output without colours.
 */
@Component(
        service = Function.class,
        property = {CommandProcessor.COMMAND_SCOPE + "=malloc9", CommandProcessor.COMMAND_FUNCTION + "=_login"})
public final class Login implements Function {

    /** The framework property with the file that keeps the history. If it is not set, this class sets no history file. */
    private static final String HISTORY = "malloc9.history";

    /** The framework property with the folder that is watched for drivers. */
    private static final String LOAD = "malloc9.load";

    /** The variable in which Gogo's session keeps its line reader. */
    static final String READER = ".reader";

    private final BundleContext context;
    private final Commands commands;
    private final Prompt prompt;

    @Activate
    public Login(BundleContext context, @Reference Commands commands, @Reference Prompt prompt) {
        this.context = context;
        this.commands = commands;
        this.prompt = prompt;
    }

    @Override
    public @Nullable Object execute(CommandSession session, List<Object> arguments) {
        Object reader = session.get(READER);
        if (reader != null) {
            context.registerService(CommandSessionListener.class, LineEditor.guard(reader, session), null);
        }
        if (reader == null || !LineEditor.isTerminal(reader)) {
            Plain.makePlain(session);
            return null;
        }
        LineEditor editor = new LineEditor(reader, session);
        String history = context.getProperty(HISTORY);
        if (history != null) {
            editor.keepHistoryIn(Path.of(history));
        }
        editor.complete(commands);
        prompt.attach(editor::printAbove);
        Version version = context.getBundle().getVersion();
        editor.greet(Greeting.lines(
                version.getMajor() + "." + version.getMinor() + "." + version.getMicro(),
                Runtime.version().feature(),
                context.getProperty(LOAD)));
        return null;
    }
}
