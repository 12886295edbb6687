package dev.malloc9.trace;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/** The JFR event of a panic that a bundle caused and the kernel contained. */
@Name("malloc9.Panic")
@Label("Panic")
@Category("Kernel Malloc")
@Description("A bundle earned a panic, which was contained")
@StackTrace(true)
@Registered(false)
final class PanicEvent extends Event {

    @Label("Bundle")
    final String bundle;

    @Label("Message")
    final String message;

    PanicEvent(String bundle, String message) {
        this.bundle = bundle;
        this.message = message;
    }
}
