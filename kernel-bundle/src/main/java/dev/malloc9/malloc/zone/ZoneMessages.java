package dev.malloc9.malloc.zone;

import static dev.malloc9.malloc.type.TypeMessages.printable;

import dev.malloc9.api.runtime.ModuleId;

/** The message texts of drivers' zones. If FreeBSD has a text, the message contains its words. */
public final class ZoneMessages {

    private ZoneMessages() {}

    /**
     * Returns the warning about a zone that a stopped module did not destroy. The text is worded like FreeBSD's leak message of types.
     *
     * @param items the number of items in use, which may be 0
     */
    public static String left(String zone, long items, long bytes) {
        return "Warning: zone " + printable(zone) + " was not destroyed (" + items + " items, " + bytes
                + " bytes leaked).";
    }

    /**
     * Returns the warning about a destroyed zone that the kernel keeps: items are in use, or a thread did not leave its critical section.
     * Behind the name of the zone stands FreeBSD's text, with the number of items in use instead of the number of free items.
     *
     * @param items the number of items in use, which may be 0
     * @param pages the number of OS pages of the keg's slabs; 0 for a secondary zone, whose slabs are its master's
     */
    public static String notEmpty(String zone, ModuleId module, long items, long pages) {
        return "zone " + printable(zone) + " of " + module + ": Freed UMA keg was not empty (" + items
                + " items).  Lost " + pages + " pages of memory.";
    }

    static String noRequest(String function) {
        return function + ": request is null";
    }

    static String badName(String function, String zone, ModuleId module) {
        return function + ": the name '" + printable(zone) + "' of a zone of " + module
                + " is blank or has control characters";
    }

    static String badSize(String zone, long size, long limit) {
        return "uma_zcreate: size " + size + " of zone '" + printable(zone) + "' is not between 1 and " + limit;
    }

    static String badAlign(String zone, int align, int limit) {
        return "uma_zcreate: alignment mask " + align + " of zone '" + printable(zone)
                + "' is no power of two less 1, up to " + limit;
    }

    static String badRequest(long flags) {
        return "Bad malloc flags: " + Long.toHexString(flags)
                + " (uma_zalloc takes exactly one of M_WAITOK and M_NOWAIT, and M_ZERO)";
    }

    static String badFlags(String zone, int flags) {
        return "uma_zcreate: zone '" + printable(zone) + "' has unknown flags: " + Integer.toHexString(flags);
    }

    static String zeroedTwice(String zone) {
        return "uma_zcreate: zone '" + printable(zone) + "' has an init and UMA_ZONE_ZINIT, which is one";
    }

    static String tooManyZones(String zone) {
        return "uma_zcreate: no number left for zone '" + printable(zone) + "'";
    }

    static String noZone(String function) {
        return function + ": zone is null";
    }

    static String otherKernel(String function, String zone) {
        return function + ": zone '" + printable(zone) + "' is another kernel's";
    }

    static String masterIsSecondary(String function, String zone) {
        return function + ": zone '" + printable(zone) + "' is secondary and can be no master (EINVAL)";
    }

    static String notSecondary(String zone) {
        return "uma_zsecond_add: zone '" + printable(zone) + "' is not secondary (EINVAL)";
    }

    static String otherModule(String zone, ModuleId module, String master, ModuleId mastersModule) {
        return "uma_zsecond_add: zone '" + printable(zone) + "' is of " + module + ", zone '" + printable(master)
                + "' of " + mastersModule + " (EINVAL)";
    }

    static String refcntsDiffer(String zone, String master) {
        return "uma_zsecond_add: only one of the zones '" + printable(zone) + "' and '" + printable(master)
                + "' has reference counts (EINVAL)";
    }

    static String sizesDiffer(String zone, long size, String master, long mastersSize) {
        return "uma_zsecond_add: items of zone '" + printable(zone) + "' have " + size + " bytes, the items of zone '"
                + printable(master) + "' " + mastersSize + " (E2BIG)";
    }

    static String hasSecondary(String zone, String secondary) {
        return "uma_zdestroy: zone '" + printable(zone) + "' still serves zone '" + printable(secondary) + "'";
    }

    static String ofSecondary(String function, String zone) {
        return function + ": zone '" + printable(zone) + "' is secondary, its slabs are its master's";
    }

    static String destroyed(String function, String zone, ModuleId module) {
        return function + ": zone '" + printable(zone) + "' of " + module + " was destroyed";
    }

    static String ownerStopped(String function, String zone, ModuleId module) {
        return function + ": zone '" + printable(zone) + "' is gone: " + module + " has stopped";
    }

    static String interrupted(String zone, long limit) {
        return "uma_zalloc: interrupted while waiting at the limit of " + limit + " items of zone '" + printable(zone)
                + "'";
    }

    static String refused(String callback, String zone, int errno) {
        return callback + " of zone '" + printable(zone) + "' returned " + errno;
    }

    static String finiThrew(String callback, String zone, ModuleId module, Throwable thrown) {
        return callback + " of zone '" + printable(zone) + "' of " + module + " threw " + printable(thrown.toString());
    }

    /** Returns the warning about a fini or zfini that has not returned for a second. Reclaims omit the zone until the callback returns. */
    public static String callbackLate(String callback, String zone, ModuleId module) {
        return callback + " of zone '" + printable(zone) + "' of " + printable(module.toString())
                + " has not returned for 1 s; reclaims leave the zone out until it returns";
    }

    static String notQuiet(String function, String zone) {
        return function + ": a thread does not leave its critical section; zone '" + printable(zone) + "' is as it was";
    }

    static String badItems(String function, String zone, long items) {
        return function + ": " + items + " items for zone '" + printable(zone) + "'";
    }

    static String nonEmptyKeg(String function, String zone, ModuleId module, long bytes) {
        return function + " on non-empty keg (zone '" + printable(zone) + "' of " + module + " has slabs of " + bytes
                + " bytes)";
    }

    static String noRefcnt(String zone) {
        return "uma_find_refcnt: zone '" + printable(zone) + "' has no reference counts";
    }
}
