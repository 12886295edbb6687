package dev.malloc9.config;

import dev.malloc9.api.sysctl.KnobType;
import java.util.Collections;
import java.util.Dictionary;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Converts values of knobs from and to a configuration. There, a number is an Integer or a Long, or all values are text, as in a file. */
final class Values {

    /** The names of the properties that Config Admin, File Install and other bundles add to the attributes. */
    private static final Pattern NO_ATTRIBUTE =
            Pattern.compile("(?s)(service\\.|felix\\.|component\\.|webconsole\\.|[.:]).*");

    private Values() {}

    /**
     * Returns the attributes of a configuration as text, by name; empty if the configuration is null. Attributes of Config Admin and of
     * other bundles are left out.
     *
     * @param several the map that receives a message for each attribute that is not a single number, text or boolean
     */
    static Map<String, String> texts(@Nullable Dictionary<String, Object> configuration, Map<String, String> several) {
        Map<String, String> texts = new TreeMap<>();
        if (configuration != null) {
            for (String name : Collections.list(configuration.keys())) {
                Object value = configuration.get(name);
                if (NO_ATTRIBUTE.matcher(name).matches()) {
                    continue;
                }
                if (value instanceof Number || value instanceof String || value instanceof Boolean) {
                    texts.put(name, value.toString());
                } else {
                    several.put(name, Texts.severalValues(name));
                }
            }
        }
        return texts;
    }

    /** Returns a value as it is kept. If the former value was a text, the new one is kept as a text too. */
    static Object kept(KnobType type, String value, @Nullable Object before) {
        if (before instanceof String) {
            return value;
        }
        return switch (type) {
            case INT -> (Object) (int) Long.parseLong(value);
            case UINT, LONG, ULONG, QUAD -> (Object) Long.parseLong(value);
            case STRING, NODE, OPAQUE -> value;
        };
    }
}
