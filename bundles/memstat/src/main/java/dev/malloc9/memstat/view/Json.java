package dev.malloc9.memstat.view;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON object on one line, as FreeBSD's commands do with libxo. The object has one container, which holds a list of rows
 * or the fields of one object.
 *
 * <p>Characters that a terminal may interpret are escaped, so the text is safe to print.
 */
public final class Json {

    /**
     * A writer of the fields of one row.
     *
     * @param <T> the class of the rows
     */
    @FunctionalInterface
    public interface Row<T> {
        /**
         * Writes the fields of the given row.
         *
         * @param fields the receiver of the fields
         * @param row the row
         * @throws IOException if the output cannot be written
         */
        void write(Fields fields, T row) throws IOException;
    }

    /** The fields of a row, in the order of the calls. */
    public static final class Fields {

        private final JsonWriter writer;

        private Fields(JsonWriter writer) {
            this.writer = writer;
        }

        /**
         * Adds a text.
         *
         * @param name the name of the field
         * @param value the text; null is written as {@code null}
         * @return this object
         * @throws IOException if the output cannot be written
         */
        public Fields text(String name, @Nullable String value) throws IOException {
            writer.name(name).value(value);
            return this;
        }

        /**
         * Adds a boolean.
         *
         * @param name the name of the field
         * @param value the boolean
         * @return this object
         * @throws IOException if the output cannot be written
         */
        public Fields flag(String name, boolean value) throws IOException {
            writer.name(name).value(value);
            return this;
        }

        /**
         * Adds a signed number.
         *
         * @param name the name of the field
         * @param value the number
         * @return this object
         * @throws IOException if the output cannot be written
         */
        public Fields signed(String name, long value) throws IOException {
            writer.name(name).value(value);
            return this;
        }

        /**
         * Adds a signed number.
         *
         * @param name the name of the field
         * @param value the number; null is written as {@code null}
         * @return this object
         * @throws IOException if the output cannot be written
         */
        public Fields signed(String name, @Nullable Long value) throws IOException {
            writer.name(name).value(value);
            return this;
        }

        /**
         * Adds an unsigned 64-bit number.
         *
         * @param name the name of the field
         * @param value the 64 bits of the number; a negative value stands for 2^63 or more
         * @return this object
         * @throws IOException if the output cannot be written
         */
        public Fields unsigned(String name, long value) throws IOException {
            writer.name(name).value(new BigInteger(Long.toUnsignedString(value)));
            return this;
        }

        /**
         * Adds a list of signed numbers.
         *
         * @param name the name of the field
         * @param values the numbers, in the order of the output
         * @return this object
         * @throws IOException if the output cannot be written
         */
        public Fields numbers(String name, Collection<Long> values) throws IOException {
            writer.name(name).beginArray();
            for (long value : values) {
                writer.value(value);
            }
            writer.endArray();
            return this;
        }

        /**
         * Adds a list of texts.
         *
         * @param name the name of the field
         * @param values the texts, in the order of the output
         * @return this object
         * @throws IOException if the output cannot be written
         */
        public Fields texts(String name, Collection<String> values) throws IOException {
            writer.name(name).beginArray();
            for (String value : values) {
                writer.value(value);
            }
            writer.endArray();
            return this;
        }

        /**
         * Adds a list of rows, each of which is an object.
         *
         * @param <T> the class of the rows
         * @param name the name of the field
         * @param rows the rows, in the order of the output
         * @param row the writer of the fields of a row
         * @return this object
         * @throws IOException if the output cannot be written, or the writer of the fields throws it
         */
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

        /**
         * Adds an object with fields of its own.
         *
         * @param <T> the class of the value
         * @param name the name of the field
         * @param value the value, passed to the writer of the fields; null is written as {@code null}
         * @param fields the writer of the fields; not called for null
         * @return this object
         * @throws IOException if the output cannot be written, or the writer of the fields throws it
         */
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

    /**
     * {@return one JSON object that has a container with one list of rows}
     *
     * @param <T> the class of the rows
     * @param container the name of the container
     * @param list the name of the list
     * @param rows the rows, in the order of the output
     * @param row the writer of the fields of a row
     * @throws UncheckedIOException if the writer throws an {@link IOException}
     */
    public static <T> String write(String container, String list, Collection<T> rows, Row<? super T> row) {
        return write(container, rows, (fields, all) -> fields.rows(list, all, row));
    }

    /**
     * {@return one JSON object that has a container with the fields of one value}
     *
     * @param <T> the class of the value
     * @param container the name of the container
     * @param value the value, passed to the writer of the fields
     * @param fields the writer of the fields
     * @throws UncheckedIOException if the writer throws an {@link IOException}
     */
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

    /** Escapes the characters that are not printable. They occur only within JSON strings, where an escape has the same meaning. */
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
