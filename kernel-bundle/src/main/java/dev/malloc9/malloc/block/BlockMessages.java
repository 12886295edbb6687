package dev.malloc9.malloc.block;

import dev.malloc9.malloc.type.TypeMessages;
import dev.malloc9.vm.PageSource;

/** The error texts of refused requests: first the words of FreeBSD if it has such a text, then the facts. */
public final class BlockMessages {

    private BlockMessages() {}

    static String badSize(String function, long size, String type, long limit) {
        return function + ": size " + size + " for type '" + TypeMessages.printable(type) + "' is "
                + (size < 0 ? "negative" : "above the kernel map of " + limit + " bytes");
    }

    static String badSize(String function, long size, long limit) {
        return function + ": size " + size + " is "
                + (size < 0 ? "negative" : "above the kernel map of " + limit + " bytes");
    }

    public static String badFlags(String function, long flags) {
        return "Bad malloc flags: " + Long.toHexString(flags) + " (" + function
                + " takes exactly one of M_WAITOK and M_NOWAIT, and M_ZERO, M_NODUMP, M_USE_RESERVE)";
    }

    static String unknownFlags(String function, long flags, long unknown) {
        return "Bad malloc flags: " + Long.toHexString(flags) + " (" + function + " knows no flag "
                + Long.toHexString(unknown) + ")";
    }

    static String executable(String function, long flags) {
        return "Bad malloc flags: " + Long.toHexString(flags) + " (" + function
                + " gives no executable memory: M_EXEC)";
    }

    /** Returns FreeBSD's text of the panic in mallocarray. */
    static String overflowed(long count, long size) {
        return "mallocarray: " + count + " * " + size + " overflowed";
    }

    static String negativeArray(long count, long size, String type) {
        return "mallocarray: " + count + " * " + size + " bytes for type '" + TypeMessages.printable(type)
                + "' is negative";
    }

    static String badAlignment(long alignment, String type) {
        return "malloc_aligned: alignment " + alignment + " for type '" + TypeMessages.printable(type)
                + "' is no power of two up to an OS page of " + PageSource.PAGE;
    }

    public static String exhausted(long bytes, long used) {
        return "kmem_malloc(" + bytes + "): kmem_map too small: " + used + " total allocated";
    }
}
