package dev.malloc9.trace;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/** The JFR event of a memory type that had blocks in use when it was unregistered. */
@Name("malloc9.LeakOnDestroy")
@Label("Leak on Destroy")
@Category("Kernel Malloc")
@Description("A memory type had blocks in use when it was unregistered")
@StackTrace(false)
@Registered(false)
final class LeakOnDestroyEvent extends Event {

    @Label("Type")
    final String type;

    @Label("Bundle")
    final String bundle;

    @Label("Allocations")
    final long allocations;

    @Label("Bytes")
    @DataAmount
    final long bytes;

    LeakOnDestroyEvent(String type, String bundle, long allocations, long bytes) {
        this.type = type;
        this.bundle = bundle;
        this.allocations = allocations;
        this.bytes = bytes;
    }
}
