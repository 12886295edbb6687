package malloc9.config;

import java.util.Collections;
import java.util.Dictionary;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import malloc9.api.sysctl.KnobType;
import org.jspecify.annotations.Nullable;

/** Values of knobs as a configuration has them: numbers as Integer or Long, or all of them as text, as in a file. */
final class Values {

    /** What Config Admin, File Install and others write beside the attributes. */
    private static final Pattern NO_ATTRIBUTE =
            Pattern.compile("(?s)(service\\.|felix\\.|component\\.|webconsole\\.|[.:]).*");

    private Values() {}

    /**
     * The attributes, by name.
     *
     * @param several takes the names of those that are no single value
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

    /** A value as it is kept: a text where there was one before. */
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
