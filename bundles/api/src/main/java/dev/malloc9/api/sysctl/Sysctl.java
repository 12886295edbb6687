package dev.malloc9.api.sysctl;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The knobs of a running kernel, by name (sysctl(3)).
 *
 * <p>Every method with a name throws {@link SysctlFailed} if it fails, and then no knob has changed. The reason is ENOENT for an unknown
 * name, EISDIR for the value of an inner node, and ENOTDIR for a name below a leaf. Other reasons are given with the methods. An exception
 * of a driver's knob is thrown as it is, except an {@link IllegalArgumentException} of a write, which becomes EINVAL.
 *
 * <p>Any thread may call all methods at any time. No lock of the kernel is held while a value is passed to the caller.
 */
@ProviderType
public interface Sysctl {

    /**
     * {@return all bytes of a value (sysctlbyname(3))} Numbers are in the host's byte order; a text ends with a NUL.
     *
     * @param name the full name of a leaf, such as {@code vm.kmem_size}
     * @throws SysctlFailed as above
     */
    byte[] read(String name);

    /**
     * {@return the number of bytes that {@link #read(String)} would return now (sysctlbyname(3) without a buffer)}
     *
     * @param name the full name of a leaf, such as {@code vm.kmem_size}
     * @throws SysctlFailed as above
     */
    long length(String name);

    /**
     * Reads a value into a buffer (sysctlbyname(3)).
     *
     * @param name the full name of a leaf, such as {@code vm.kmem_size}
     * @param buffer the buffer, filled from index 0
     * @return the number of bytes of the value
     * @throws SysctlFailed with ENOMEM if the buffer is too short; it is then full and contains the first bytes of the value
     */
    int read(String name, byte[] buffer);

    /**
     * Passes a value to a consumer in the pieces in which the kernel produces it; a binary stream comes in pieces of at most 127 bytes. The
     * consumer may block, and may call the kernel.
     *
     * @param name the full name of a leaf, such as {@code vm.kmem_size}
     * @param consumer the consumer, called in the caller's thread; it is not closed
     * @throws IOException the consumer's own exception; nothing more is passed to it
     * @throws SysctlFailed as above
     */
    void read(String name, OutputStream consumer) throws IOException;

    /**
     * {@return a value as sysctl(8) prints it after the name} A structure is shown by its format, its length and its first 16 bytes.
     *
     * @param name the full name of a leaf, such as {@code vm.kmem_size}
     * @throws SysctlFailed as above
     */
    String readText(String name);

    /**
     * Writes a value (sysctlbyname(3) with a new value). Bytes beyond the length of a number are ignored.
     *
     * @param name the full name of a leaf, such as {@code vm.kmem_size}
     * @param value the bytes of the value, numbers in the host's byte order
     * @throws SysctlFailed with EPERM if the knob is read-only; with EINVAL if there are too few bytes, or too many for a text, or if the
     *     knob refuses the value
     */
    void write(String name, byte[] value);

    /**
     * Writes a value from text (sysctl(8)). A number is in C's notation, optionally with one of the suffixes k, m, g and t, 1024 each.
     *
     * @param name the full name of a leaf, such as {@code vm.kmem_size}
     * @param value the text
     * @throws SysctlFailed with EPERM if the knob is read-only; with EINVAL if the text is not a number of the knob's type, if the knob is
     *     a structure, or if the knob refuses the value
     */
    void writeText(String name, String value);

    /**
     * {@return the description of a knob or a node}
     *
     * @param name the full name of a leaf or a node
     * @throws SysctlFailed with ENOENT or ENOTDIR
     */
    Knob knob(String name);

    /** {@return all knobs in the order of their names, without nodes} */
    List<Knob> knobs();

    /**
     * {@return the knob of that name, or all knobs below the node of that name, in the order of their names}
     *
     * @param name the full name of a leaf or a node
     * @throws SysctlFailed with ENOENT or ENOTDIR
     */
    List<Knob> knobs(String name);
}
