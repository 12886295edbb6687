package malloc9.api.sysctl;

/** A knob that could not be read or written; nothing has changed. */
public final class SysctlFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String name;
    private final Errno errno;

    /**
     * A failure in sysctl(8)'s words, which errno's follow.
     *
     * @param name the name that was asked for
     * @param what names the knob and, where there is one, the value: {@code oid 'vm.kmem_map_size' is read only}
     */
    public SysctlFailed(String name, Errno errno, String what) {
        super(what + ": " + errno.text());
        this.name = name;
        this.errno = errno;
    }

    /** The name that was asked for. */
    public String name() {
        return name;
    }

    /** Why. */
    public Errno errno() {
        return errno;
    }
}
