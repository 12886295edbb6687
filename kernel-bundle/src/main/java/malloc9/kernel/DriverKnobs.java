package malloc9.kernel;

import static malloc9.malloc.type.TypeMessages.printable;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import malloc9.api.sysctl.DriverKnob;
import malloc9.api.sysctl.Knob;
import malloc9.sysctl.Oid;
import malloc9.sysctl.SysctlTree;
import malloc9.sysctl.Variable;
import org.jspecify.annotations.Nullable;

/** The knobs of drivers, which come and go in a kernel's tree. What one does wrong is told to the journal. */
public final class DriverKnobs {

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

    /** Tunes a knob by the boot environment and adds it; false, and it is told why, if that cannot be. */
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

    /** Takes a knob away. */
    public void remove(DriverKnob driver) {
        Variable variable = added.remove(driver);
        if (variable != null) {
            tree.remove(variable);
        }
    }

    /** Views show names and descriptions as they are. */
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
