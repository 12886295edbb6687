package malloc9.memstat.view;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON object on one line, as FreeBSD's commands do with libxo: a container, and in it a list of rows or the fields of one
 * thing.
 *
 * <p>What a terminal could obey is escaped, so that the text is as safe to show as it is to parse.
 */
public final class Json {

    /** Writes the fields of one row. */
    @FunctionalInterface
    public interface Row<T> {
        /** Writes them. */
        void write(Fields fields, T row) throws IOException;
    }

    /** The fields of a row, in the order of the calls. */
    public static final class Fields {

        private final JsonWriter writer;

        private Fields(JsonWriter writer) {
            this.writer = writer;
        }

        /** A text, or null. */
        public Fields text(String name, @Nullable String value) throws IOException {
            writer.name(name).value(value);
            return this;
        }

        /** Whether something is so. */
        public Fields flag(String name, boolean value) throws IOException {
            writer.name(name).value(value);
            return this;
        }

        /** A number. */
        public Fields signed(String name, long value) throws IOException {
            writer.name(name).value(value);
            return this;
        }

        /** A number, or null. */
        public Fields signed(String name, @Nullable Long value) throws IOException {
            writer.name(name).value(value);
            return this;
        }

        /** A number that uses all 64 bits. */
        public Fields unsigned(String name, long value) throws IOException {
            writer.name(name).value(new BigInteger(Long.toUnsignedString(value)));
            return this;
        }

        /** A list of numbers. */
        public Fields numbers(String name, Collection<Long> values) throws IOException {
            writer.name(name).beginArray();
            for (long value : values) {
                writer.value(value);
            }
            writer.endArray();
            return this;
        }

        /** A list of texts. */
        public Fields texts(String name, Collection<String> values) throws IOException {
            writer.name(name).beginArray();
            for (String value : values) {
                writer.value(value);
            }
            writer.endArray();
            return this;
        }

        /** A list of rows. */
        public <T> Fields rows(String name, Collection<T> rows, Row<? super T> row) throws IOException {
            writer.name(name).beginArray();
            for (T each : rows) {
                writer.beginObject();
                row.write(this, each);
                writer.endObject();
            }
            writer.endArray();
            return this;
        }

        /** One thing, or null. */
        public <T> Fields object(String name, @Nullable T value, Row<? super T> fields) throws IOException {
            writer.name(name);
            if (value == null) {
                writer.nullValue();
            } else {
                writer.beginObject();
                fields.write(this, value);
                writer.endObject();
            }
            return this;
        }
    }

    private Json() {}

    /** One object: a container, in it a list of rows. */
    public static <T> String write(String container, String list, Collection<T> rows, Row<? super T> row) {
        return write(container, rows, (fields, all) -> fields.rows(list, all, row));
    }

    /** One object: a container, in it the fields of one thing. */
    public static <T> String write(String container, T value, Row<? super T> fields) {
        StringWriter text = new StringWriter();
        try (JsonWriter writer = new JsonWriter(text)) {
            writer.beginObject();
            new Fields(writer).object(container, value, fields);
            writer.endObject();
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
                    printable.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            }
        });
        return printable.toString();
    }
}
