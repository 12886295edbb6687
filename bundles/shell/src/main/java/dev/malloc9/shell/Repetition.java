package dev.malloc9.shell;

import dev.malloc9.shell.prompt.Screen;
import dev.malloc9.shell.view.LiveTable;
import dev.malloc9.shell.view.LiveTable.Figures;
import dev.malloc9.shell.view.LiveTable.Layout;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The live view of {@code vmstat}: takes one sample after the other, and shows each sample with its difference from the one before.
 *
 * @param seconds the time between two samples, 1 to 86,400
 * @param count the number of samples, at least 1; {@code Long.MAX_VALUE} if they are not limited
 * @param order the order of the rows
 */
record Repetition(int seconds, long count, LiveTable.Order order) {

    /** The longest time between two samples in seconds: one day. */
    private static final int MOST_SECONDS = 86_400;

    /**
     * Returns the repetition that the options request; null if the option for the seconds is not given.
     *
     * @param seconds the name of the option for the seconds
     * @param count the name of the option for the number of samples
     * @param order the name of the option for the order of the rows
     * @throws CommandFailed if an option has a wrong value, or if the count or the order is given without the seconds
     */
    static @Nullable Repetition of(Arguments arguments, String seconds, String count, String order) {
        if (!arguments.has(seconds)) {
            for (String option : List.of(count, order)) {
                if (arguments.has(option)) {
                    throw arguments.wrong("without " + seconds, option);
                }
            }
            return null;
        }
        return new Repetition(
                (int) number(arguments, seconds, MOST_SECONDS),
                arguments.has(count) ? number(arguments, count, Integer.MAX_VALUE) : Long.MAX_VALUE,
                arguments.has(order) ? order(arguments, order) : LiveTable.Order.BYTES);
    }

    /**
     * Shows samples until the count is reached, the operator ends the view, or the screen cannot be written. Only if the count is reached,
     * the last sample stays on the terminal. An exception of {@code look} ends the view and is thrown. The caller closes the screen.
     */
    void run(Supplier<List<Figures>> look, Layout layout, Function<LiveTable, String> text, Screen screen) {
        List<Figures> before = List.of();
        long then = System.nanoTime();
        for (long left = count; left > 0; left--) {
            List<Figures> now = look.get();
            long time = System.nanoTime();
            if (!screen.show(text.apply(LiveTable.of(before, now, time - then, layout)))
                    || (left > 1 && !screen.await(Duration.ofSeconds(seconds)))) {
                return;
            }
            before = now;
            then = time;
        }
        screen.keep();
    }

    private static long number(Arguments arguments, String option, long most) {
        String text = String.valueOf(arguments.value(option));
        try {
            long number = Long.parseLong(text);
            if (number > 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The wrong value is reported below.
        }
        throw arguments.wrong(option + " takes 1 to " + most + ", not", text);
    }

    private static LiveTable.Order order(Arguments arguments, String option) {
        String word = String.valueOf(arguments.value(option));
        return Stream.of(LiveTable.Order.values())
                .filter(order -> order.word().equals(word))
                .findFirst()
                .orElseThrow(() -> arguments.wrong(option + " takes bytes, growth or rate, not", word));
    }
}
