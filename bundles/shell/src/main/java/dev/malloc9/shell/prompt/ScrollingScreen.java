package dev.malloc9.shell.prompt;

import dev.malloc9.shell.output.Output;
import java.time.Duration;

/** A screen that prints each text below the previous one: in a pipe, a file or a dumb terminal, and for text that a program reads. */
final class ScrollingScreen implements Screen {

    private final Output out = Output.current();
    private final boolean apart;
    private boolean used;

    /**
     * Creates the screen on the output of the running command.
     *
     * @param apart whether a blank line separates two texts
     */
    ScrollingScreen(boolean apart) {
        this.apart = apart;
    }

    @Override
    public boolean show(String text) {
        String gap = used && apart ? "\n" : "";
        used = true;
        return out.println(gap + text);
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
