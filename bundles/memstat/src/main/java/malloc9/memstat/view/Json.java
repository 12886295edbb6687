package malloc9.memstat.view;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.List;

/** Writes one JSON object: a container, with a list, of rows. */
final class Json {

    /** Writes one row. */
    @FunctionalInterface
    interface Row<T> {
        void write(Fields fields, T row) throws IOException;
    }

    /** The fields of a row. */
    static final class Fields {

        private final JsonWriter writer;

        private Fields(JsonWriter writer) {
            this.writer = writer;
        }

        Fields text(String name, String value) throws IOException {
            writer.name(name).value(value);
            return this;
        }

        Fields signed(String name, long value) throws IOException {
            writer.name(name).value(value);
            return this;
        }

        Fields unsigned(String name, long value) throws IOException {
            writer.name(name).value(new BigInteger(Long.toUnsignedString(value)));
            return this;
        }

        void numbers(String name, List<Long> values) throws IOException {
            writer.name(name).beginArray();
            for (long value : values) {
                writer.value(value);
            }
            writer.endArray();
        }
    }

    private Json() {}

    static <T> String write(String container, String list, List<T> rows, Row<T> row) {
        StringWriter text = new StringWriter();
        try (JsonWriter writer = new JsonWriter(text)) {
            writer.beginObject().name(container).beginObject().name(list).beginArray();
            for (T each : rows) {
                writer.beginObject();
                row.write(new Fields(writer), each);
                writer.endObject();
            }
            writer.endArray().endObject().endObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return printable(text.toString());
    }

    /** What a terminal could obey stands in strings only, where its escape means the same. */
    private static String printable(String json) {
        StringBuilder printable = new StringBuilder(json.length());
        json.codePoints().forEach(c -> {
            if (Printable.isPrintable(c)) {
                printable.appendCodePoint(c);
            } else {
                for (char unit : Character.toChars(c)) {
                    printable.append("\\u%04x".formatted((int) unit));
                }
            }
        });
        return printable.toString();
    }
}
