package malloc9.api.sysctl;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A knob of a driver's: a number, or a structure that can only be read, in the kernel's tree while a service of this type is registered.
 *
 * <p>The node above its name must be there. What cannot be added is told to the kernel's journal, and left out. All methods may be
 * called by any thread.
 */
@ConsumerType
public interface DriverKnob {

    /** What it is; always the same. */
    Knob knob();

    /** The value; called for numbers only. */
    default long get() {
        return 0;
    }

    /** The bytes of a structure, in the host's order; called for the type OPAQUE only. */
    default byte[] bytes() {
        return new byte[0];
    }

    /**
     * Sets the value, if the knob can be written; called for nothing else.
     *
     * @return false if the value makes no sense (EINVAL), and nothing has changed
     * @throws IllegalArgumentException likewise, with the rule that the value breaks as its message
     */
    default boolean set(long value) {
        return false;
    }

    /** The boot environment's number, if the knob is a tunable and is set there: called once, before the knob is in the tree. */
    default void tune(long value) {}
}
