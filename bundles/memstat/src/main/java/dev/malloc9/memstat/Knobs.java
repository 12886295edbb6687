package dev.malloc9.memstat;

/** The access to the knobs of a running kernel by name (sysctlbyname). */
@FunctionalInterface
public interface Knobs {

    /**
     * Copies the value of a knob, in the byte order of this machine.
     *
     * @param name the name of the knob, such as {@code kern.malloc_stats}
     * @param room the array into which the value is copied, from its beginning
     * @return the length of the value in bytes
     * @throws KnobFailed if there is no such knob, it may not be read, or its value does not fit
     */
    int read(String name, byte[] room) throws KnobFailed;
}
