package dev.malloc9.shell.batch;

import dev.malloc9.memstat.view.StandardOutput;
import dev.malloc9.shell.prompt.Plain;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.function.IntConsumer;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * A component that runs the commands in the framework properties, once. The launcher registers the process's exit as a service when all
 * bundles run. This component waits for that service; without it, no command is run.
 *
 * <p>The exit code is 0 if all executed statements passed, and 1 if one failed, the text has a syntax error, or the run ended with an
 * exception. The exit code is 2 if the file of commands cannot be read, and 141 if the reader of the standard output is gone.
 */
@Component(
        service = {},
        immediate = true)
public final class Batch {

    /** The framework property with the text of the commands. It is ignored if {@link #FILE} is set. */
    public static final String COMMANDS = "malloc9.batch.commands";

    /** The framework property with the path of a file of commands in UTF-8; - is the standard input. */
    public static final String FILE = "malloc9.batch.file";

    /** The framework property that, if {@code true}, stops the run at the first statement that fails. */
    public static final String ERREXIT = "malloc9.batch.errexit";

    /** The order of the scopes in which a command is looked up: malloc9's scope is first. */
    private static final String SCOPE = "malloc9:gogo:felix:*";

    /** The exit code if the commands cannot be read. */
    private static final int UNREADABLE = 2;

    private final BundleContext context;
    private final CommandProcessor processor;
    private final IntConsumer exit;

    /** Whether the framework is stopping, for example after a signal. */
    private volatile boolean ending;

    /**
     * Creates the component.
     *
     * @param exit the function that ends the process with an exit code
     */
    @Activate
    public Batch(
            BundleContext context,
            @Reference CommandProcessor processor,
            @Reference(target = "(malloc9.exit=true)") IntConsumer exit) {
        this.context = context;
        this.processor = processor;
        this.exit = exit;
    }

    /** Starts the run in a thread of its own. The exit waits until the framework has stopped, and must not block the framework's thread. */
    @Activate
    void begin() {
        Thread.ofPlatform().name("malloc9 batch").start(this::runAndExit);
    }

    /** Discards text on the standard error from now on: a command that is interrupted by the framework's stop has not failed. */
    @Deactivate
    void end() {
        ending = true;
    }

    /**
     * Runs the commands and ends the process, also after an exception. If the reader of the output is gone, {@link #endWithoutReader} ends
     * it earlier.
     */
    private void runAndExit() {
        int code = 1;
        try {
            code = run();
        } finally {
            exit.accept(code);
        }
    }

    /**
     * Runs the commands, and returns the exit code. Exceptions are printed, not thrown. The standard streams stay open: the framework stops
     * afterwards, and the leaks of drivers are reported then.
     */
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

    /**
     * Ends the process with exit code 141, from a thread of its own: the framework's stop waits until the writing thread has ended its
     * command.
     */
    private void endWithoutReader() {
        Thread.ofPlatform().daemon().start(() -> exit.accept(StandardOutput.READER_GONE));
    }

    /** The standard error. Writes of byte arrays, by which text is printed, are discarded once the framework is stopping. */
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
