package malloc9.shell.prompt;

import java.io.PrintStream;
import java.time.Duration;
import org.apache.felix.service.command.Process;

/** A screen in a pipe, a file or a dumb terminal: one text stands below the other. */
final class ScrollingScreen implements Screen {

    private final PrintStream out;
    private final boolean apart;
    private boolean used;

    /** @param apart whether a blank line separates two texts */
    ScrollingScreen(boolean apart) {
        Process process = Process.Utils.current();
        this.out = process == null ? System.out : process.out();
        this.apart = apart;
    }

    @Override
    public boolean show(String text) {
        if (used && apart) {
            out.println();
        }
        used = true;
        out.println(text);
        return !out.checkError();
    }

    @Override
    public boolean await(Duration time) {
        try {
            Thread.sleep(time);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Override
    public void keep() {}

    @Override
    public void close() {}
}
