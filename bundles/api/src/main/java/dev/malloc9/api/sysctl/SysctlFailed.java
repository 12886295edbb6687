package dev.malloc9.api.sysctl;

/** The error of a knob that could not be read or written. Nothing has changed. */
public final class SysctlFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String name;
    private final Errno errno;

    /**
     * Creates an exception with sysctl(8)'s text, followed by errno's text.
     *
     * @param name the requested name
     * @param errno the reason
     * @param what the text that names the knob and, if there is one, the value: {@code oid 'vm.kmem_map_size' is read only}
     */
    public SysctlFailed(String name, Errno errno, String what) {
        super(what + ": " + errno.text());
        this.name = name;
        this.errno = errno;
    }

    /** {@return the requested name} */
    public String name() {
        return name;
    }

    /** {@return the reason} */
    public Errno errno() {
        return errno;
    }
}
