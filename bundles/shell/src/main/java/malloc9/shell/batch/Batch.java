package malloc9.shell.batch;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import malloc9.shell.prompt.Plain;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Runs the commands that framework properties name, once: when the framework has started, and so all bundles of all
 * start levels with their commands. Then the process exits: 0, or 1 if a command failed.
 *
 * <p>A shell bundle that is restarted later runs nothing again, since that event does not come twice.
 */
@Component(
        service = {},
        immediate = true)
public final class Batch implements FrameworkListener {

    /** The framework property with the commands themselves. */
    public static final String COMMANDS = "malloc9.batch.commands";

    /** The framework property with the path of a file of commands, in UTF-8; taken before {@link #COMMANDS}. */
    public static final String FILE = "malloc9.batch.file";

    /** The framework property that, if {@code true}, stops the run at the first command that fails. */
    public static final String ERREXIT = "malloc9.batch.errexit";

    /** Where commands are looked up: ours first. */
    private static final String SCOPE = "malloc9:gogo:felix:*";

    private final BundleContext context;
    private final CommandProcessor processor;

    @Activate
    public Batch(BundleContext context, @Reference CommandProcessor processor) {
        this.context = context;
        this.processor = processor;
    }

    /** Starts to listen. */
    @Activate
    void listen() {
        if (context.getProperty(FILE) != null || context.getProperty(COMMANDS) != null) {
            context.addFrameworkListener(this);
        }
    }

    @Deactivate
    void ignore() {
        context.removeFrameworkListener(this);
    }

    /** Leaves the framework's own thread at once: the exit waits until the framework has stopped. */
    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.STARTED) {
            Thread.ofPlatform().name("malloc9 batch").start(() -> System.exit(run()));
        }
    }

    /** The consoles stay open: the framework's stop comes after this, and what drivers leak then is to be read too. */
    private int run() {
        PrintStream out = console(FileDescriptor.out, System.out.charset());
        PrintStream err = console(FileDescriptor.err, System.err.charset());
        try (CommandSession session = processor.createSession(new FileInputStream(FileDescriptor.in), out, err)) {
            session.put("SCOPE", SCOPE);
            Plain.makePlain(session);
            boolean passed =
                    new Script(session, out, err).run(commands(), Boolean.parseBoolean(context.getProperty(ERREXIT)));
            return passed ? 0 : 1;
        } catch (IOException | RuntimeException e) {
            System.err.println("batch: " + e);
            return 1;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private String commands() throws IOException {
        @Nullable String file = context.getProperty(FILE);
        return file == null ? context.getProperty(COMMANDS) : Files.readString(Path.of(file));
    }

    private static PrintStream console(FileDescriptor descriptor, Charset charset) {
        return new PrintStream(new FileOutputStream(descriptor), true, charset);
    }
}
