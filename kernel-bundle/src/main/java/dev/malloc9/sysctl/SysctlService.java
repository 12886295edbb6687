package dev.malloc9.sysctl;

import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.sysctl.SysctlFailed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The service for reading and writing a kernel's knobs (userland_sysctl).
 *
 * <p>A call is repeated from the beginning if its handler returns {@link Handler#RESTART}. A read into a stream is not repeated, because
 * the stream has already received bytes; it fails with EINVAL.
 */
public final class SysctlService implements Sysctl {

    private static final int EIO = 5;

    private final SysctlTree tree;

    /** Creates the service of a tree. */
    public SysctlService(SysctlTree tree) {
        this.tree = tree;
    }

    @Override
    public byte[] read(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Variable variable = leaf(name);
        int error;
        do {
            bytes.reset();
            error = handler(variable)
                    .handle(new Request(
                            (data, from, count) -> {
                                bytes.write(data, from, count);
                                return 0;
                            },
                            Long.MAX_VALUE,
                            null));
        } while (error == Handler.RESTART);
        check(variable, error, Messages.failed(variable.knob()));
        return bytes.toByteArray();
    }

    @Override
    public long length(String name) {
        Variable variable = leaf(name);
        Request probe;
        int error;
        do {
            probe = new Request(null, 0, null);
            error = handler(variable).handle(probe);
        } while (error == Handler.RESTART);
        check(variable, error, Messages.failed(variable.knob()));
        return probe.length();
    }

    @Override
    public int read(String name, byte[] buffer) {
        Variable variable = leaf(name);
        Request request;
        int error;
        do {
            int[] filled = {0};
            request = new Request(
                    (data, from, count) -> {
                        System.arraycopy(data, from, buffer, filled[0], count);
                        filled[0] += count;
                        return 0;
                    },
                    buffer.length,
                    null);
            error = handler(variable).handle(request);
        } while (error == Handler.RESTART);
        check(variable, error, Messages.tooShort(variable.knob(), buffer.length));
        return (int) request.length();
    }

    @Override
    public void read(String name, OutputStream consumer) throws IOException {
        Variable variable = leaf(name);
        @Nullable IOException[] refused = {null};
        int error = handler(variable)
                .handle(new Request(
                        (data, from, count) -> {
                            try {
                                consumer.write(data, from, count);
                                return 0;
                            } catch (IOException e) {
                                refused[0] = e;
                                return EIO;
                            }
                        },
                        Long.MAX_VALUE,
                        null));
        if (refused[0] != null) {
            throw refused[0];
        }
        check(variable, error, Messages.failed(variable.knob()));
    }

    @Override
    public String readText(String name) {
        return Values.show(leaf(name).knob(), read(name));
    }

    @Override
    public void write(String name, byte[] value) {
        Variable variable = writable(name);
        write(variable, value, Messages.refused(variable.knob(), value.length));
    }

    @Override
    public void writeText(String name, String value) {
        Variable variable = writable(name);
        String invalid = Messages.invalid(variable.knob(), value);
        byte[] bytes = Values.parse(variable.knob().type(), value);
        if (bytes == null) {
            throw new SysctlFailed(name, Errno.EINVAL, invalid);
        }
        write(variable, bytes, invalid);
    }

    @Override
    public Knob knob(String name) {
        return tree.find(name).knob();
    }

    @Override
    public List<Knob> knobs() {
        return tree.leaves();
    }

    @Override
    public List<Knob> knobs(String name) {
        return tree.leaves(name);
    }

    private static void write(Variable variable, byte[] value, String invalid) {
        int error;
        try {
            do {
                error = handler(variable).handle(new Request(null, 0, value));
            } while (error == Handler.RESTART);
        } catch (IllegalArgumentException refused) {
            throw new SysctlFailed(variable.knob().name(), Errno.EINVAL, invalid + " (" + refused.getMessage() + ")");
        }
        check(variable, error, invalid);
    }

    /**
     * Returns the leaf with a name.
     *
     * @throws SysctlFailed ENOENT or ENOTDIR if there is none, EISDIR if the name is that of a node
     */
    private Variable leaf(String name) {
        Variable variable = tree.find(name);
        if (variable.handler() == null) {
            throw new SysctlFailed(name, Errno.EISDIR, Messages.notALeaf(name));
        }
        return variable;
    }

    /**
     * Returns the writable leaf with a name.
     *
     * @throws SysctlFailed as {@link #leaf}; EPERM if the knob is read-only
     */
    private Variable writable(String name) {
        Variable variable = leaf(name);
        if (!variable.knob().isWritable()) {
            throw new SysctlFailed(name, Errno.EPERM, Messages.readOnly(variable.knob()));
        }
        return variable;
    }

    private static Handler handler(Variable variable) {
        return Objects.requireNonNull(variable.handler());
    }

    /** Throws an exception unless the error number is 0. A number without a constant in {@link Errno} is reported as EINVAL. */
    private static void check(Variable variable, int error, String what) {
        if (error == 0) {
            return;
        }
        Errno errno = Arrays.stream(Errno.values())
                .filter(known -> known.number() == error)
                .findFirst()
                .orElse(Errno.EINVAL);
        throw new SysctlFailed(variable.knob().name(), errno, what);
    }
}
