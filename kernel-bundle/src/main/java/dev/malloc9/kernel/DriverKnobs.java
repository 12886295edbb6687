package dev.malloc9.kernel;

import static dev.malloc9.malloc.type.TypeMessages.printable;

import dev.malloc9.api.sysctl.DriverKnob;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.sysctl.Oid;
import dev.malloc9.sysctl.SysctlTree;
import dev.malloc9.sysctl.Variable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The knobs of drivers, which are added to and removed from a kernel's tree. A knob that is refused is reported to the journal. */
public final class DriverKnobs {

    /** The syntax of a name: letters, digits, {@code _}, {@code %} and {@code -}, with single dots between them. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_%-]+(\\.[A-Za-z0-9_%-]+)*");

    private final SysctlTree tree;
    private final Journal journal;
    private final Function<String, @Nullable String> environment;
    private final Map<DriverKnob, Variable> added = new ConcurrentHashMap<>();

    DriverKnobs(SysctlTree tree, Journal journal, Function<String, @Nullable String> environment) {
        this.tree = tree;
        this.journal = journal;
        this.environment = environment;
    }

    /**
     * Passes the number of a tunable in the boot environment to the driver, and adds the knob to the tree. {@link DriverKnob} lists the
     * knobs that are refused. If the knob is refused or the driver throws a {@link RuntimeException}, the reason is written to the journal.
     *
     * @return false if the knob was not added; its value may have been set all the same
     */
    public boolean add(DriverKnob driver) {
        String name = driver.getClass().getName();
        try {
            Knob knob = driver.knob();
            name = knob.name();
            requirePlain(knob);
            Variable variable = switch (knob.type()) {
                case NODE, STRING -> throw new IllegalArgumentException(Messages.noNumber(knob));
                case OPAQUE -> structure(driver, knob);
                case INT, UINT, LONG, ULONG, QUAD -> number(driver, knob);
            };
            tree.add(variable);
            added.put(driver, variable);
            return true;
        } catch (RuntimeException e) {
            journal.complain(Messages.knobRefused(name, String.valueOf(e.getMessage())));
            return false;
        }
    }

    /** Removes a knob from the tree. If the knob was not added, this method has no effect. */
    public void remove(DriverKnob driver) {
        Variable variable = added.remove(driver);
        if (variable != null) {
            tree.remove(variable);
        }
    }

    /**
     * Requires that a knob's name and texts are printable, because views show them unchanged.
     *
     * @throws IllegalArgumentException if one is not
     */
    private static void requirePlain(Knob knob) {
        if (!NAME.matcher(knob.name()).matches()) {
            throw new IllegalArgumentException(Messages.NOT_A_NAME);
        }
        for (String text : List.of(knob.format(), knob.description(), knob.unit(), knob.standard())) {
            if (!printable(text).equals(text)) {
                throw new IllegalArgumentException(Messages.notPrintable(text));
            }
        }
    }

    /**
     * Returns the variable of a structure.
     *
     * @throws IllegalArgumentException if the knob is writable or a tunable
     */
    private static Variable structure(DriverKnob driver, Knob knob) {
        if (knob.isWritable() || knob.isTunable()) {
            throw new IllegalArgumentException(Messages.WRITABLE_STRUCTURE);
        }
        return Oid.of(knob).bindBytes(driver::bytes);
    }

    private Variable number(DriverKnob driver, Knob knob) {
        Oid oid = Oid.of(knob);
        if (knob.isTunable()) {
            tune(driver, oid);
        }
        return knob.isWritable() ? oid.bind(driver::get, driver::set) : oid.bind(driver::get);
    }

    /**
     * Passes the number in the boot environment to the driver. A text that is not a number, or a negative number of an unsigned type, is
     * reported; the knob is still added.
     */
    private void tune(DriverKnob driver, Oid oid) {
        String text = environment.apply(oid.knob().name());
        Long number = oid.number(environment);
        if (number != null) {
            driver.tune(number);
        } else if (text != null) {
            journal.complain(Messages.notANumber(oid.knob(), text));
        }
    }
}
