package dev.malloc9.api.sysctl;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A knob of a driver: a number, or a read-only structure (SYSCTL_ADD_OID). It is in the kernel's tree while a service of this type is
 * registered.
 *
 * <p>The node above the knob's name must exist in the tree. A knob is left out, and the kernel's journal says why, in these cases:
 * <ul>
 *   <li>The name is taken or invalid, or its parent is missing.
 *   <li>The type is NODE or STRING.
 *   <li>A structure is writable or a tunable.
 *   <li>A text is not printable, or {@link #knob} or {@link #tune} throws.
 * </ul>
 *
 * <p>Any thread may call the methods, several at the same time. A call that has begun may still be running after the service was
 * unregistered.
 */
@ConsumerType
public interface DriverKnob {

    /** {@return the description of the knob; always the same} */
    Knob knob();

    /**
     * {@return the present value of a number} Of a 32-bit type, only the low 32 bits are used. Not called for structures. The default is 0.
     */
    default long get() {
        return 0;
    }

    /** {@return the bytes of a structure, in the host's byte order} Called for the type OPAQUE only. The default is an empty array. */
    default byte[] bytes() {
        return new byte[0];
    }

    /**
     * Sets the value. Called only for a writable number, after {@link #get}, and only with a value in its range. By default the value is
     * refused.
     *
     * @param value the new value
     * @return false if the value is invalid (EINVAL), and nothing has changed
     * @throws IllegalArgumentException if the value is invalid; the message is the rule that it breaks. Any other exception goes to the
     *     caller that writes the knob
     */
    default boolean set(long value) {
        return false;
    }

    /**
     * Takes the number of the boot environment (TUNABLE_INT, TUNABLE_ULONG). Called once before the knob is in the tree, if the knob is a
     * tunable and a number is set there.
     *
     * @param value the number; one beyond the range of a 32-bit type was replaced by the nearest value of the type, but the knob's own
     *     range is not checked
     */
    default void tune(long value) {}
}
