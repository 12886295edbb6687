package dev.malloc9.sysctl;

import dev.malloc9.api.sysctl.Knob;

/** The texts of this layer's exceptions, worded as sysctl(8) words them where it has such a message. */
public final class Messages {

    static final String DRAINED = "an sbuf with a drain does not keep its bytes";

    private Messages() {}

    static String unknown(String name) {
        return "unknown oid '" + name + "'";
    }

    static String notALeaf(String name) {
        return "oid '" + name + "' isn't a leaf node";
    }

    static String belowALeaf(String name, String leaf) {
        return "oid '" + name + "' lies below '" + leaf + "', which has a value";
    }

    static String readOnly(Knob knob) {
        return "oid '" + knob.name() + "' is " + (knob.isTunable() ? "a read only tunable" : "read only");
    }

    static String invalid(Knob knob, String value) {
        return "oid '" + knob.name() + "': invalid "
                + switch (knob.type()) {
                    case INT -> "integer";
                    case UINT -> "unsigned integer";
                    case LONG -> "long integer";
                    case ULONG -> "unsigned long integer";
                    case NODE, STRING, QUAD, OPAQUE -> "value";
                }
                + " '" + value + "'";
    }

    static String refused(Knob knob, int bytes) {
        return "oid '" + knob.name() + "': a new value of " + bytes + " bytes is refused";
    }

    static String tooShort(Knob knob, long room) {
        return "oid '" + knob.name() + "': a buffer of " + room + " bytes is too short";
    }

    static String failed(Knob knob) {
        return "oid '" + knob.name() + "'";
    }

    static String declaredTwice(String name) {
        return "sysctl: " + name + " is declared twice";
    }

    static String noParent(String name) {
        return "sysctl: " + name + " lies below no node";
    }

    static String tinySbuf(int size) {
        return "sbuf: " + size + " bytes hold nothing and a NUL";
    }

    static String badDrain(int taken, int length) {
        return "sbuf: the drain took " + taken + " of " + length + " bytes";
    }
}
