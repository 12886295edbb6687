package dev.malloc9.shell.view;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Formats instants for text and JSON: in UTC, with milliseconds, and always with the same width. */
final class Clock {

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Clock() {}

    static String text(Instant when) {
        return FORMAT.format(when);
    }
}
