package malloc9.memstat;

import java.util.Arrays;

/** What keeps statistics from being read: {@code MEMSTAT_ERROR_*} in the order of their numbers, and memstat_strerror. */
public enum MemstatError {
    /** None of the others; also the state of a list that has not failed. */
    UNDEFINED(0, "Unknown error"),
    /** There is more than memory should be spent on, or a kernel whose lists grew faster than they were read. */
    NOMEMORY(1, "Cannot allocate memory"),
    /** Not a statistics stream, or one of another version. */
    VERSION(2, "Version mismatch"),
    /** The kernel refused. */
    PERMISSION(3, "Permission denied"),
    /** Records of more than {@link MemoryType#MAXCPU} CPUs. */
    TOOMANYCPUS(4, "Too many CPUs"),
    /** The stream contradicts itself: it is cut, too long, or has a name without an end. */
    DATAERROR(5, "Data format error"),
    /** Of crash dumps. */
    KVM(6, "KVM error"),
    /** Of crash dumps. */
    KVM_NOSYMBOL(7, "KVM unable to find symbol"),
    /** Of crash dumps. */
    KVM_SHORTREAD(8, "KVM short read");

    private final int number;
    private final String text;

    MemstatError(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** The value of {@code MEMSTAT_ERROR_*}. */
    public int number() {
        return number;
    }

    /** The text for people. */
    public String strerror() {
        return text;
    }

    /** The text of a number; that of {@link #UNDEFINED} for one that is no error. */
    public static String strerror(int number) {
        return Arrays.stream(values())
                .filter(error -> error.number == number)
                .findFirst()
                .orElse(UNDEFINED)
                .text;
    }
}
