package malloc9.shell;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import malloc9.shell.view.LiveTable;
import malloc9.shell.view.LiveTable.Figures;
import malloc9.shell.view.LiveTable.Layout;
import org.jspecify.annotations.Nullable;

/**
 * The live view: looks again and again, and shows each look with what has become of it since the one before.
 *
 * @param seconds from one look to the next
 * @param count how many looks there are
 * @param order of the rows
 */
record Repetition(int seconds, long count, LiveTable.Order order) {

    /** No more than a day. */
    private static final int MOST_SECONDS = 86_400;

    /**
     * What the options say.
     *
     * @return null if nothing is to be repeated
     * @throws CommandFailed if they make no sense
     */
    static @Nullable Repetition of(@Nullable String seconds, @Nullable String count, @Nullable String order) {
        if (seconds == null || count == null || order == null) {
            throw new CommandFailed(Messages.USAGE_VMSTAT);
        }
        if (seconds.isEmpty()) {
            if (!count.isEmpty() || !order.isEmpty()) {
                throw new CommandFailed(Messages.USAGE_VMSTAT);
            }
            return null;
        }
        return new Repetition(
                (int) number(seconds, MOST_SECONDS),
                count.isEmpty() ? Long.MAX_VALUE : number(count, Integer.MAX_VALUE),
                order.isEmpty() ? LiveTable.Order.BYTES : order(order));
    }

    /** Shows one look after the other, until there were enough or the thread is interrupted: that is Ctrl-C. */
    void run(Supplier<List<Figures>> look, Layout layout, Consumer<LiveTable> show) {
        List<Figures> before = List.of();
        long then = System.nanoTime();
        try {
            for (long left = count; left > 0; left--) {
                List<Figures> now = look.get();
                long time = System.nanoTime();
                show.accept(LiveTable.of(before, now, time - then, layout));
                before = now;
                then = time;
                if (left > 1) {
                    TimeUnit.SECONDS.sleep(seconds);
                }
            }
        } catch (InterruptedException enough) {
            // Who looked on has seen enough, and gets the prompt back.
        }
    }

    private static long number(String text, long most) {
        try {
            long number = Long.parseLong(text);
            if (number > 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException none) {
            // Told below.
        }
        throw new CommandFailed(Messages.USAGE_VMSTAT);
    }

    private static LiveTable.Order order(String word) {
        return Stream.of(LiveTable.Order.values())
                .filter(order -> order.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new CommandFailed(Messages.USAGE_VMSTAT));
    }
}
