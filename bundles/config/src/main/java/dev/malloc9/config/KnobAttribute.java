package dev.malloc9.config;

import dev.malloc9.api.sysctl.Knob;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.service.metatype.AttributeDefinition;

/** A knob as a Metatype attribute, with the knob's name, description and range. */
record KnobAttribute(Knob knob) implements AttributeDefinition {

    @Override
    public String getName() {
        return knob.name();
    }

    @Override
    public String getID() {
        return knob.name();
    }

    @Override
    public String getDescription() {
        List<String> more = new ArrayList<>();
        if (!knob.unit().isEmpty()) {
            more.add("in " + knob.unit());
        }
        if (!knob.bounds().isEmpty()) {
            more.add(knob.bounds());
        }
        return more.isEmpty() ? knob.description() : knob.description() + " (" + String.join("; ", more) + ")";
    }

    @Override
    public int getCardinality() {
        return 0;
    }

    /**
     * Returns the smallest Metatype type that holds all values: an unsigned 32-bit value needs a Long. A ULONG above the range of Long is
     * not supported.
     */
    @Override
    public int getType() {
        return switch (knob.type()) {
            case INT -> INTEGER;
            case UINT, LONG, ULONG, QUAD -> LONG;
            case STRING, NODE, OPAQUE -> STRING;
        };
    }

    @Override
    public String @Nullable [] getOptionValues() {
        List<String> choices = knob.range().choices();
        return choices.isEmpty() ? null : choices.toArray(String[]::new);
    }

    @Override
    public String @Nullable [] getOptionLabels() {
        return getOptionValues();
    }

    @Override
    public String validate(String value) {
        return isValid(value) ? "" : Texts.outside(value, bounds());
    }

    /**
     * Returns the value that applies if the attribute is not set; null if the default is computed or missing, and therefore not a valid
     * value.
     */
    @Override
    public String @Nullable [] getDefaultValue() {
        return isValid(knob.standard()) ? new String[] {knob.standard()} : null;
    }

    private boolean isValid(String value) {
        if (getType() == STRING) {
            return knob.range().allows(value) && knob.range().contains(Texts.bytes(value));
        }
        try {
            return knob.range().contains(Long.parseLong(value));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private String bounds() {
        if (!knob.range().choices().isEmpty()) {
            return "one of " + String.join(", ", knob.range().choices());
        }
        return getType() == STRING
                ? knob.bounds()
                : knob.range().min() + " to " + knob.range().max();
    }
}
