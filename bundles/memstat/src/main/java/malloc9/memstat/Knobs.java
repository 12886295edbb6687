package malloc9.memstat;

/** The knobs of a running kernel, read by name (sysctlbyname). */
@FunctionalInterface
public interface Knobs {

    /**
     * Copies the value of a knob, in the byte order of this machine.
     *
     * @param name of the knob, such as {@code kern.malloc_stats}
     * @param room where the value goes, from its beginning
     * @return how many bytes the value has
     * @throws KnobFailed if there is no such knob, it may not be read, or its value does not fit
     */
    int read(String name, byte[] room) throws KnobFailed;
}
