package malloc9.api.sysctl;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The knobs of a running kernel, by name (sysctl(3)).
 *
 * <p>Whatever fails throws {@link SysctlFailed}, and nothing has changed: ENOENT for an unknown name, EISDIR for an inner node,
 * ENOTDIR for a name below a leaf; other reasons stand with the methods. All methods may be called at any time by any
 * thread. No lock of the kernel is held while a value is handed over.
 */
@ProviderType
public interface Sysctl {

    /** All bytes of a value, numbers in the host's order. */
    byte[] read(String name);

    /** How many bytes {@link #read(String)} would return now: a read without a buffer. */
    long length(String name);

    /**
     * Reads a value into a buffer. ENOMEM means that it was too short, and is full: its bytes are the value's first.
     *
     * @return the value's bytes
     */
    int read(String name, byte[] buffer);

    /**
     * Hands a value over in the pieces that it comes in, 127 bytes of a binary stream at a time. The consumer may take its time,
     * and call the kernel.
     *
     * @throws IOException the consumer's own, after which nothing more is handed over
     */
    void read(String name, OutputStream consumer) throws IOException;

    /** A value as sysctl(8) prints it behind the name; a structure as its format, length and first 16 bytes. */
    String readText(String name);

    /**
     * Writes a value; bytes that are too many are ignored. EPERM if it is read-only, EINVAL if there are too few bytes, or too many
     * for a text.
     */
    void write(String name, byte[] value);

    /**
     * Writes a value from text: a number in C's notation, perhaps with a suffix k, m, g or t. EPERM if it is read-only, EINVAL if the text
     * is not a number of the knob's type.
     */
    void writeText(String name, String value);

    /** What the knob or node of that name is. */
    Knob knob(String name);

    /** All knobs, in the order of their names; nodes are not among them. */
    List<Knob> knobs();

    /** The knob of that name, or all those below the node of that name. */
    List<Knob> knobs(String name);
}
