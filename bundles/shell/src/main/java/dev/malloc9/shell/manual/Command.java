package dev.malloc9.shell.manual;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.felix.service.command.Descriptor;

/**
 * The description of a command, as its service provides it.
 *
 * @param name the name as it is typed: without the scope if the scope is malloc9, otherwise with scope and colon
 * @param description the text of its {@code @Descriptor}; may be empty
 * @param options the descriptions of its options by their names, sorted
 */
public record Command(String name, String description, Map<String, String> options) {

    /**
     * Returns the description of a function of a service. The description is that of the method with the fewest parameters that has one.
     * Options come from {@link Described} or a method {@code options()}, and from annotated parameters.
     */
    static Command of(String name, String function, Object service) {
        Map<String, String> options = new TreeMap<>();
        String description = "";
        if (service instanceof Described described) {
            options.putAll(described.options());
        } else {
            addOptionsOfModule(service, options);
        }
        for (Method method : methods(function, service)) {
            Descriptor said = method.getAnnotation(Descriptor.class);
            if (said != null && description.isEmpty()) {
                description = said.value();
            }
            for (Parameter parameter : method.getParameters()) {
                addOptions(parameter, options);
            }
        }
        return new Command(name, description, options);
    }

    /**
     * Adds the options of a command that is not {@link Described}, as those of other bundles. A public method {@code Map<?, ?> options()},
     * which is looked up by name, returns them.
     */
    private static void addOptionsOfModule(Object service, Map<String, String> options) {
        try {
            if (service.getClass().getMethod("options").invoke(service) instanceof Map<?, ?> described) {
                described.forEach((name, text) -> options.put(String.valueOf(name), String.valueOf(text)));
            }
        } catch (ReflectiveOperationException e) {
            // The command has no such method, or the method has failed.
        }
    }

    private static Method[] methods(String function, Object service) {
        return Arrays.stream(service.getClass().getMethods())
                .filter(method -> method.getName().equals(function))
                .sorted(Comparator.comparingInt(Method::getParameterCount))
                .toArray(Method[]::new);
    }

    private static void addOptions(Parameter parameter, Map<String, String> options) {
        var option = parameter.getAnnotation(org.apache.felix.service.command.Parameter.class);
        if (option != null) {
            Descriptor said = parameter.getAnnotation(Descriptor.class);
            for (String name : option.names()) {
                options.put(name, said == null ? "" : Objects.requireNonNull(said.value()));
            }
        }
    }
}
