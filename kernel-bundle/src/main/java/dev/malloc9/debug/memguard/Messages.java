package dev.malloc9.debug.memguard;

import dev.malloc9.api.raw.GuardHit.Kind;
import java.util.List;
import java.util.stream.Collectors;

/** The messages of MemGuard. The lines about the initialization are FreeBSD's. */
public final class Messages {

    static final String INITIALIZED = "MEMGUARD DEBUGGING ALLOCATOR INITIALIZED:";

    static final String READ = "read";
    static final String WRITE = "write";
    static final String FILL = "fill";
    static final String COPY = "copy";
    static final String ACCESS = "access";

    private Messages() {}

    static List<String> initialized(long base, long limit, long bytes) {
        return List.of(
                INITIALIZED,
                "\tMEMGUARD map base: " + hex(base),
                "\tMEMGUARD map limit: " + hex(limit),
                "\tMEMGUARD map size: " + (bytes >>> 10) + " KBytes");
    }

    static String noView(long address, long bytes) {
        return "no view of " + bytes + " bytes at " + hex(address);
    }

    static String off(String why) {
        return "MemGuard is off, nothing is guarded: " + why;
    }

    static String notSupported() {
        return "this platform has no holes that Java survives";
    }

    static String ignored(String tunable, String wanted, long value) {
        return "tunable " + tunable + " is ignored: not " + wanted + ": " + value;
    }

    static String cut(String tunable, int characters) {
        return "tunable " + tunable + " is cut: longer than " + characters + " characters";
    }

    static String hit(Kind kind, String access, long bytes, long address, GuardedBlock block) {
        return "MemGuard: "
                + switch (kind) {
                    case OVERRUN -> "overrun";
                    case UNDERRUN -> "underrun";
                    case USE_AFTER_FREE -> "use after free";
                    case UNATTRIBUTED -> "fault";
                }
                + ": " + access + " of " + bytes(bytes) + " at " + hex(address) + ", offset "
                + (address - block.address()) + " of " + block(block) + history(block);
    }

    static String unknown(String access, long bytes, long address) {
        return "MemGuard: " + access + " of " + bytes(bytes) + " at " + hex(address)
                + " hit a hole of no block that is known any more";
    }

    static String unattributed(String where, List<GuardedBlock> suspects) {
        return "MemGuard: unattributed: a fault in an access before " + where + ", candidates: "
                + (suspects.isEmpty()
                        ? "none was freed"
                        : suspects.stream().map(Messages::block).collect(Collectors.joining("; ")));
    }

    static String notOurs(String access, long bytes, long address) {
        return access + " of " + bytes(bytes) + " at " + hex(address) + ": no memory of this kernel";
    }

    static String negative(String access, long bytes) {
        return access + " of " + bytes + " bytes: negative";
    }

    static String stopped(String access) {
        return access + ": the kernel has stopped";
    }

    private static String block(GuardedBlock block) {
        return "block " + hex(block.address()) + " of " + bytes(block.bytes()) + " of type '" + block.type() + "' of "
                + block.module();
    }

    private static String history(GuardedBlock block) {
        List<String> allocated = block.told().allocated();
        List<String> freed = block.told().freed();
        return (allocated.isEmpty() ? "" : ", allocated by " + allocated.getFirst())
                + (freed.isEmpty() ? "" : ", freed by " + freed.getFirst());
    }

    private static String bytes(long bytes) {
        return bytes == 1 ? "1 byte" : bytes + " bytes";
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
