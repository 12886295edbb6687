package dev.malloc9.memstat;

import java.util.Arrays;

/** The reasons why statistics cannot be read: {@code MEMSTAT_ERROR_*} in the order of their numbers, with the texts of memstat_strerror. */
public enum MemstatError {
    /** No other reason applies. A list on which no reading failed has this value, too. */
    UNDEFINED(0, "Unknown error"),
    /** The stream is longer than the limit of memory, or the kernel's lists grew faster than they were read. */
    NOMEMORY(1, "Cannot allocate memory"),
    /** The bytes are no statistics stream, too few for a header, or of another version. Or a knob of the kernel could not be read. */
    VERSION(2, "Version mismatch"),
    /** The kernel refused to read a knob. */
    PERMISSION(3, "Permission denied"),
    /** The stream has records of more than {@link MemoryType#MAXCPU} CPUs. */
    TOOMANYCPUS(4, "Too many CPUs"),
    /** The stream contradicts itself: it is cut, too long, or has a name without terminating zero. Or a knob has a wrong value. */
    DATAERROR(5, "Data format error"),
    /** An error in a crash dump; never reported here. */
    KVM(6, "KVM error"),
    /** An error in a crash dump; never reported here. */
    KVM_NOSYMBOL(7, "KVM unable to find symbol"),
    /** An error in a crash dump; never reported here. */
    KVM_SHORTREAD(8, "KVM short read");

    private final int number;
    private final String text;

    MemstatError(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** {@return the value of {@code MEMSTAT_ERROR_*}} */
    public int number() {
        return number;
    }

    /** {@return the text for people (memstat_strerror)} */
    public String strerror() {
        return text;
    }

    /**
     * {@return the text of an error number; the text of {@link #UNDEFINED} for an unknown number}
     *
     * @param number the value of {@code MEMSTAT_ERROR_*}, 0 to 8
     */
    public static String strerror(int number) {
        return Arrays.stream(values())
                .filter(error -> error.number == number)
                .findFirst()
                .orElse(UNDEFINED)
                .text;
    }
}
