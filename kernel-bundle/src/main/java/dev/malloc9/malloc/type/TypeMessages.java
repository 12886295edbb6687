package dev.malloc9.malloc.type;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The texts about memory types, their limits, module stops, vm_lowmem and interrupted waits, and the printable form of names. If FreeBSD
 * has a text, its words come first, then the facts.
 */
public final class TypeMessages {

    private TypeMessages() {}

    /** Returns FreeBSD's leak message, word for word (row 34). */
    public static String leaked(String type, long allocations, long bytes) {
        return "Warning: memory type " + printable(type) + " leaked memory on destroy (" + allocations
                + " allocations, " + bytes + " bytes leaked).";
    }

    /**
     * Returns a name in printable form, so that it cannot forge a line of output. Control and format characters, line and paragraph
     * separators and lone surrogates are written as Unicode escapes, with more than four digits above U+FFFF. A backslash is not escaped.
     * The form of null is "(none)".
     */
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

    /** Returns FreeBSD's message for a type that was unregistered before (row 11). */
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

    /**
     * Returns the message for a call with a type that is not registered.
     *
     * @param why the reason, as the end of the sentence
     */
    static String unregistered(String function, String type, String why) {
        return function + ": type '" + printable(type) + "' is not registered: " + why;
    }

    static String stopped(String function) {
        return function + ": the kernel has stopped";
    }

    static String badAccounting(String function, long bytes, String type) {
        return function + ": " + bytes + " bytes of type '" + printable(type) + "' is negative";
    }

    /** Returns the message for a request that was interrupted while it waited at a limit of its type or module. */
    public static String interrupted(String function, long bytes, String type) {
        return function + ": interrupted while " + bytes + " bytes of type '" + printable(type) + "' waited at a limit";
    }

    static String aboveLimit(String function, long bytes, String type, long limit) {
        return function + ": size " + bytes + " for type '" + printable(type) + "' is above the hard limit of " + limit
                + " bytes";
    }

    /**
     * Returns the warning about a soft limit that was crossed.
     *
     * @param type the name of the type that has the limit; null if the limit is the module's own
     */
    public static String softLimitPassed(ModuleId module, @Nullable String type, long limit, long used) {
        return (type == null ? module.toString() : "type " + printable(type) + " of " + module) + " uses " + used
                + " bytes, above its soft limit of " + limit;
    }

    /** Returns the message about a handler of vm_lowmem that has thrown an exception or an error. */
    public static String lowMemoryHandlerFailed(String handler, Throwable thrown) {
        return "vm_lowmem: " + printable(handler) + " threw " + printable(thrown.toString());
    }

    /**
     * Returns the warning about a handler of vm_lowmem that has not returned for a second. The event omits the handler until it returns.
     */
    public static String lowMemoryHandlerLate(String handler) {
        return "vm_lowmem: " + printable(handler) + " has not returned for 1 s; it is left out until it returns";
    }

    /** Returns the message for a request that was interrupted while it waited for memory of the kernel map. */
    public static String interrupted(long bytes) {
        return "kmem_malloc(" + bytes + "): interrupted while waiting for memory";
    }

    /**
     * Returns the warning about a stopped module that another thread has not revoked in time. A stop of a module causes at most one such
     * warning.
     */
    public static String notRevokedInTime(ModuleId module, long seconds) {
        return module + " is not revoked yet by the thread that stopped it: another thread has waited for " + seconds
                + " s and goes on; the memory stays in quarantine";
    }
}
