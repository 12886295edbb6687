package dev.malloc9.trace;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/**
 * The JFR event of a memory type that was registered: at its bundle's start, at the kernel's start, or without a framework at its first
 * use.
 */
@Name("malloc9.TypeRegister")
@Label("Type Register")
@Category("Kernel Malloc")
@Description("A memory type was registered, as its bundle began to start")
@StackTrace(false)
@Registered(false)
final class TypeRegisterEvent extends Event {

    @Label("Type")
    final String type;

    @Label("Bundle")
    final String bundle;

    @Label("Description")
    final String description;

    TypeRegisterEvent(String type, String bundle, String description) {
        this.type = type;
        this.bundle = bundle;
        this.description = description;
    }
}
