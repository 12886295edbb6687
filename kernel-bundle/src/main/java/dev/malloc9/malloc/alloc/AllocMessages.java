package dev.malloc9.malloc.alloc;

import dev.malloc9.vm.ContigRange;

/** The error texts of contigmalloc and vtophys: first the words of FreeBSD if it has such a text, then the facts. */
final class AllocMessages {

    private AllocMessages() {}

    static final String CONTIG_NO_SIZE = "vm_phys_alloc_contig: size must not be 0";

    static String contigNoPower(String what, long value) {
        return "vm_phys_alloc_contig: " + what + " must be a power of 2, not " + Long.toUnsignedString(value);
    }

    static String noContiguous(long bytes, ContigRange where, long used) {
        return "contigmalloc(" + bytes + "): no such hole from " + hex(where.low()) + " to " + hex(where.high())
                + ", alignment " + Long.toUnsignedString(where.alignment()) + ", boundary "
                + Long.toUnsignedString(where.boundary()) + ": " + used + " total allocated";
    }

    static String outsideMap(String function, long address) {
        return function + ": address " + hex(address) + " lies outside the kernel map";
    }

    static String heapSegment(String function, long bytes) {
        return function + ": segment of " + bytes + " bytes lies on the Java heap";
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
