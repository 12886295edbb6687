package malloc9.shell.batch;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.function.IntConsumer;
import malloc9.memstat.view.StandardOutput;
import malloc9.shell.prompt.Plain;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Runs the commands that framework properties name, once. The launcher offers the process's exit as a service when all bundles
 * run; this component waits for that service. The exit code is 0, 1 if a command failed, or 2 if the commands cannot be read.
 */
@Component(
        service = {},
        immediate = true)
public final class Batch {

    /** The framework property with the commands themselves. */
    public static final String COMMANDS = "malloc9.batch.commands";

    /** The framework property with the path of a file of commands in UTF-8; - is the standard input. */
    public static final String FILE = "malloc9.batch.file";

    /** The framework property that, if {@code true}, stops the run at the first command that fails. */
    public static final String ERREXIT = "malloc9.batch.errexit";

    /** Where commands are looked up: ours first. */
    private static final String SCOPE = "malloc9:gogo:felix:*";

    /** The exit code if the commands cannot be read. */
    private static final int UNREADABLE = 2;

    private final BundleContext context;
    private final CommandProcessor processor;
    private final IntConsumer exit;

    /** Whether the framework is stopping, as after a signal. */
    private volatile boolean ending;

    /** @param exit ends the process; it returns only in a process that is ending already */
    @Activate
    public Batch(
            BundleContext context,
            @Reference CommandProcessor processor,
            @Reference(target = "(malloc9.exit=true)") IntConsumer exit) {
        this.context = context;
        this.processor = processor;
        this.exit = exit;
    }

    /** Begins in a thread of its own: the exit waits until the framework has stopped. */
    @Activate
    void begin() {
        Thread.ofPlatform().name("malloc9 batch").start(this::runAndExit);
    }

    /** Suppresses error messages: a command that is interrupted by the framework's stop has not failed. */
    @Deactivate
    void end() {
        ending = true;
    }

    /** Exits after an error too: no other thread ends the process. */
    private void runAndExit() {
        int code = 1;
        try {
            code = run();
        } finally {
            exit.accept(code);
        }
    }

    /** The consoles stay open: the framework's stop comes after this, and what drivers leak then is to be read too. */
    private int run() {
        Console console = new Console(new StandardOutput(), System.out.charset(), this::endWithoutReader);
        PrintStream out = console.stream();
        PrintStream err = new PrintStream(new ErrorOutput(), true, System.err.charset());
        try (CommandSession session = processor.createSession(new FileInputStream(FileDescriptor.in), out, err)) {
            session.put("SCOPE", SCOPE);
            Plain.makePlain(session);
            console.connect(session, err);
            String commands = commands();
            boolean passed = new Script(session, out, err, console)
                    .run(commands, Boolean.parseBoolean(context.getProperty(ERREXIT)));
            return console.isReaderGone() ? StandardOutput.READER_GONE : passed ? 0 : 1;
        } catch (UnreadableCommands e) {
            err.println("batch: " + e.getMessage());
            return UNREADABLE;
        } catch (RuntimeException | Error e) {
            System.err.println("batch: " + e);
            return 1;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private String commands() throws UnreadableCommands {
        @Nullable String file = context.getProperty(FILE);
        return file == null ? String.valueOf(context.getProperty(COMMANDS)) : CommandFile.read(file);
    }

    /** Ends the process from another thread: the thread that writes has to end first. */
    private void endWithoutReader() {
        Thread.ofPlatform().daemon().start(() -> exit.accept(StandardOutput.READER_GONE));
    }

    /** The standard error until the framework stops. */
    private final class ErrorOutput extends FileOutputStream {

        ErrorOutput() {
            super(FileDescriptor.err);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (!ending) {
                super.write(bytes, offset, length);
            }
        }
    }
}
