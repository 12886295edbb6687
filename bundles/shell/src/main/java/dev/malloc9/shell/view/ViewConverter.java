package dev.malloc9.shell.view;

import org.apache.felix.service.command.Converter;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/** Gives Gogo the text of a {@link View}, at the prompt and in pipes, but not as a part of another object. */
@Component(property = Converter.CONVERTER_CLASSES + "=dev.malloc9.shell.view.View")
public final class ViewConverter implements Converter {

    /** Creates the component; called by Declarative Services. */
    public ViewConverter() {}

    /** Returns null, because no view can be made from another object. */
    @Override
    public @Nullable Object convert(Class<?> desiredType, Object in) {
        return null;
    }

    @Override
    public @Nullable CharSequence format(Object target, int level, Converter escape) {
        return target instanceof View view && level != Converter.PART ? view.text() : null;
    }
}
