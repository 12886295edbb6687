package malloc9.api.sysctl;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A knob of a driver's: a number in the kernel's tree, while a service of this type is registered.
 *
 * <p>The node above its name must be there. What cannot be added is told to the kernel's journal, and left out. All methods may be
 * called by any thread.
 */
@ConsumerType
public interface DriverKnob {

    /** What it is; always the same, of a type that is a number. */
    Knob knob();

    /** The value. */
    long get();

    /**
     * Sets the value, if the knob can be written; called for nothing else.
     *
     * @return false if the value makes no sense (EINVAL), and nothing has changed
     */
    default boolean set(long value) {
        return false;
    }

    /** The boot environment's number, if the knob is a tunable and is set there: called once, before the knob is in the tree. */
    default void tune(long value) {}
}
