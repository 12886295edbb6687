package dev.malloc9.vm;

/** The texts of this layer's exceptions and warnings. */
public final class Messages {

    private Messages() {}

    static String noAddressSpace(long bytes) {
        return "mmap: the OS grants no address space, not even " + bytes + " bytes";
    }

    static String noFile(long bytes) {
        return "mmap: cannot map " + bytes + " bytes of a temporary file";
    }

    static String noHoles(long bytes) {
        return "memfd: the OS grants no " + bytes + " bytes of holes";
    }

    static String pageSize(int bytes, int least, int most) {
        return "page size " + bytes + " is no power of two from " + least + " to " + most;
    }

    static String tooLarge(String tunable, String value, long most, long size) {
        return "tunable " + tunable + " is " + value + ": more than the " + most
                + " bytes that the limits on memory leave; the kernel map has " + size + " bytes";
    }

    static String failed(String function, long address, long bytes) {
        return function + "(0x" + Long.toHexString(address) + ", " + bytes + ") failed";
    }
}
