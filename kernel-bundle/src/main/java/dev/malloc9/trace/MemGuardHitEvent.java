package dev.malloc9.trace;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/**
 * The JFR event of a MemGuard hit: an access outside a guarded block or after its free. The address is the first byte of the access, 0 if
 * it is unknown. The type is empty if the block is unknown. The bundle is the one to which the hit is reported.
 */
@Name("malloc9.MemGuardHit")
@Label("MemGuard Hit")
@Category("Kernel Malloc")
@Description("Something touched memory beyond a guarded block, or after its free")
@StackTrace(true)
@Registered(false)
final class MemGuardHitEvent extends Event {

    @Label("Kind")
    final String kind;

    @Label("Type")
    final String type;

    @Label("Bundle")
    final String bundle;

    @Label("Address")
    @MemoryAddress
    final long address;

    @Label("Message")
    final String message;

    MemGuardHitEvent(String kind, String type, String bundle, long address, String message) {
        this.kind = kind;
        this.type = type;
        this.bundle = bundle;
        this.address = address;
        this.message = message;
    }
}
