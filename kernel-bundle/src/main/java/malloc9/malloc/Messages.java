package malloc9.malloc;

import java.util.Locale;
import malloc9.api.MallocType;
import malloc9.api.runtime.ModuleId;
import malloc9.vm.ContigRange;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/** What this layer says, in one place: FreeBSD's texts first, then the facts. Names are shown in printable characters. */
public final class Messages {

    static final String CONTIG_NO_SIZE = "vm_phys_alloc_contig: size must not be 0";

    static final String NO_LEVEL = "level is null";

    private Messages() {}

    /** FreeBSD's leak line, word for word (row 34). */
    public static String leaked(String type, long allocations, long bytes) {
        return "Warning: memory type " + printable(type) + " leaked memory on destroy (" + allocations
                + " allocations, " + bytes + " bytes leaked).";
    }

    /** A name from a bundle without what could forge a line. */
    public static String printable(@Nullable String name) {
        if (name == null) {
            return "(none)";
        }
        StringBuilder text = new StringBuilder(name.length());
        name.codePoints().forEach(c -> {
            boolean shown = !Character.isISOControl(c)
                    && Character.getType(c) != Character.FORMAT
                    && Character.getType(c) != Character.LINE_SEPARATOR
                    && Character.getType(c) != Character.PARAGRAPH_SEPARATOR
                    && Character.getType(c) != Character.SURROGATE;
            if (shown) {
                text.appendCodePoint(c);
            } else {
                text.append(String.format(Locale.ROOT, "\\u%04x", c));
            }
        });
        return text.toString();
    }

    static String noSuchPreset(String tunable, String preset) {
        return "tunable " + tunable + " is ignored: not bsd, pages or fine: " + printable(preset);
    }

    static String noSuchLevel(String tunable, String level) {
        return "tunable " + tunable + " is ignored: not R, I or G: " + printable(level);
    }

    static String negativeTunable(String tunable, long value) {
        return "tunable " + tunable + " is ignored: below 0: " + value;
    }

    static String badMagicAtInit(@Nullable Long magic, @Nullable String type, ModuleId module) {
        return "malloc_init: bad malloc type magic " + (magic == null ? "(none)" : Long.toString(magic)) + " of type '"
                + printable(type) + "' in " + module + ", expected " + MallocType.M_MAGIC;
    }

    static String badMagic(String function, MallocType type, ModuleId module) {
        return function + ": bad malloc type magic " + type.magic() + " of type '" + printable(type.name()) + "' in "
                + module;
    }

    static String noRecord(String type, ModuleId module) {
        return "malloc_init: no memory for type '" + printable(type) + "' in " + module;
    }

    static String noName(ModuleId module) {
        return "malloc_init: a type of " + module + " has no name";
    }

    static String controlCharacters(String type, ModuleId module) {
        return "malloc_init: the name of type '" + printable(type) + "' in " + module + " has control characters";
    }

    static String declaredTwice(@Nullable String type, ModuleId module) {
        return "malloc_init: type '" + printable(type) + "' is declared twice in " + module;
    }

    static String otherVersion(String version, String type, ModuleId module) {
        return "malloc_init: type '" + printable(type) + "' in " + module + " has a descriptor of version "
                + printable(version) + ", this kernel speaks " + MallocType.DESCRIPTOR_VERSION;
    }

    static String tooManyTypes(ModuleId module) {
        return "malloc_init: no number left for the types of " + module;
    }

    /** FreeBSD's text (row 11). */
    static String notFound(String type) {
        return "malloc_uninit: type '" + printable(type) + "' not found";
    }

    static String noType(String function) {
        return function + ": type is null";
    }

    static String noDeclaringClass(String function) {
        return function + ": the declaring class of the type is null; MallocType.define() makes types";
    }

    static String otherKernel(String function, MallocType type) {
        return function + ": type '" + printable(type.name()) + "' is registered with another kernel";
    }

    static String unregistered(String function, String type, String why) {
        return function + ": type '" + printable(type) + "' is not registered: " + why;
    }

    static String stopped(String function) {
        return function + ": the kernel has stopped";
    }

    static String badSize(String function, long size, String type, long limit) {
        return function + ": size " + size + " for type '" + printable(type) + "' is "
                + (size < 0 ? "negative" : "above the kernel map of " + limit + " bytes");
    }

    static String badSize(String function, long size, long limit) {
        return function + ": size " + size + " is "
                + (size < 0 ? "negative" : "above the kernel map of " + limit + " bytes");
    }

    static String badFlags(String function, long flags) {
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

    /** FreeBSD's text of the panic. */
    static String overflowed(long count, long size) {
        return "mallocarray: " + count + " * " + size + " overflowed";
    }

    static String negativeArray(long count, long size, String type) {
        return "mallocarray: " + count + " * " + size + " bytes for type '" + printable(type) + "' is negative";
    }

    static String badAlignment(long alignment, String type) {
        return "malloc_aligned: alignment " + alignment + " for type '" + printable(type)
                + "' is no power of two up to an OS page of " + PageSource.PAGE;
    }

    static String badAccounting(String function, long bytes, String type) {
        return function + ": " + bytes + " bytes of type '" + printable(type) + "' is negative";
    }

    static String interrupted(String function, long bytes, String type) {
        return function + ": interrupted while " + bytes + " bytes of type '" + printable(type) + "' waited at a limit";
    }

    static String aboveLimit(String function, long bytes, String type, long limit) {
        return function + ": size " + bytes + " for type '" + printable(type) + "' is above the hard limit of " + limit
                + " bytes";
    }

    /** The line that tells of a soft limit. */
    public static String softLimitPassed(ModuleId module, @Nullable String type, long limit, long used) {
        return (type == null ? module.toString() : "type " + printable(type) + " of " + module) + " uses " + used
                + " bytes, above its soft limit of " + limit;
    }

    static String noSuchModule(ModuleId module) {
        return "no module " + module + " owns types";
    }

    static String noSuchType(String type, ModuleId module) {
        return module + " owns no type '" + printable(type) + "'";
    }

    static String badRate(int rate) {
        return "failure rate " + rate + " is negative";
    }

    static String badLimits(long soft, long hard) {
        return "limits of " + soft + " and " + hard + " bytes: "
                + (soft < 0 || hard < 0 ? "negative" : "the soft one is above the hard one");
    }

    /** What a handler of vm_lowmem threw. */
    public static String lowMemoryHandlerFailed(String handler, Throwable thrown) {
        return "vm_lowmem: " + printable(handler) + " threw " + printable(thrown.toString());
    }

    /** The warning about a handler that is left out of vm_lowmem. */
    public static String lowMemoryHandlerLate(String handler) {
        return "vm_lowmem: " + printable(handler) + " has not returned for 1 s; it is left out until it returns";
    }

    static String interrupted(long bytes) {
        return "kmem_malloc(" + bytes + "): interrupted while waiting for memory";
    }

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

    static String exhausted(long bytes, long used) {
        return "kmem_malloc(" + bytes + "): kmem_map too small: " + used + " total allocated";
    }

    /** The text of redzone's panic, and what for. */
    static String stopping(String report) {
        return malloc9.debug.Messages.STOPPING + " " + report;
    }

    static String heapSegment(String function, long bytes) {
        return function + ": segment of " + bytes + " bytes lies on the Java heap";
    }

    static String guardedLeft(ModuleId module, int holes) {
        return "MemGuard: " + holes + (holes == 1 ? " guarded block" : " guarded blocks") + " of " + module
                + " became holes; their scopes end in the background";
    }

    /** A warning, once for each stop of a module. */
    public static String notRevokedInTime(ModuleId module, long seconds) {
        return module + " is not revoked yet by the thread that stopped it: another thread has waited for " + seconds
                + " s and goes on; the memory stays in quarantine";
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
