package dev.malloc9.trace;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/** The JFR event of a memory type that was unregistered because its bundle or the kernel had stopped. */
@Name("malloc9.TypeUnregister")
@Label("Type Unregister")
@Category("Kernel Malloc")
@Description("A memory type was unregistered, as its bundle or the kernel had stopped")
@StackTrace(false)
@Registered(false)
final class TypeUnregisterEvent extends Event {

    @Label("Type")
    final String type;

    @Label("Bundle")
    final String bundle;

    @Label("Allocations")
    final long allocations;

    @Label("Frees")
    final long frees;

    TypeUnregisterEvent(String type, String bundle, long allocations, long frees) {
        this.type = type;
        this.bundle = bundle;
        this.allocations = allocations;
        this.frees = frees;
    }
}
