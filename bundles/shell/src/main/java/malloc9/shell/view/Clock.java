package malloc9.shell.view;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Instants as the tables write them: UTC, to the millisecond, always of one width. */
final class Clock {

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Clock() {}

    static String text(Instant when) {
        return FORMAT.format(when);
    }
}
