package dev.malloc9.kernel;

import static dev.malloc9.malloc.type.TypeMessages.printable;

import dev.malloc9.api.sysctl.Knob;
import java.io.IOException;
import java.nio.file.Path;

/** The texts of this layer: about its boot environment, drivers' knobs, and packages that the framework lacks. */
public final class Messages {

    static final String NO_LOG =
            "malloc9: no log: the framework has no package org.osgi.service.log; lines go to standard output only";

    static final String NO_EVENTS =
            "malloc9: no events: the framework has no package org.osgi.service.event of an Event Admin";

    static final String NO_MEMORY_SIZE = "malloc9: no memory size from the JVM: package com.sun.management of module"
            + " jdk.management is missing; the system's memory is read from /proc/meminfo";

    private Messages() {}

    static String badLine(String file, int number, String line) {
        return file + ":" + number + ": ignored, not NAME=\"VALUE\": " + printable(line);
    }

    static String badEncoding(String file, int number, String line) {
        return file + ":" + number + ": ignored, not UTF-8: " + printable(line);
    }

    static String notUtf8(String file) {
        return file + ":1: UTF-16, but UTF-8 is expected; no tunable is taken from it";
    }

    static String noTunable(String place) {
        return place + " is ignored: no such tunable, unless a driver declares it";
    }

    static String notTunable(String place) {
        return place + " is ignored: not set at boot but by sysctl";
    }

    static String readOnly(String place) {
        return place + " is ignored: read only";
    }

    static String notANumber(String place) {
        return place + " is ignored: not a number";
    }

    static String replaced(String place, String used) {
        return place + " cannot be used: it is " + printable(used);
    }

    /** Returns the description of a line of loader.conf, for the beginning of a message. */
    static String place(String file, int line, String name, String value) {
        return file + ":" + line + ": " + name + "=\"" + printable(value) + "\"";
    }

    static String noLoaderConf(Path file) {
        return file + ": no such file; no tunable is taken from it";
    }

    static String unreadableLoaderConf(Path file, IOException why) {
        return file + ": cannot be read (" + why + "); no tunable is taken from it";
    }

    static String notANumber(Knob knob, String value) {
        return "tunable " + knob.name() + " is ignored: not a number: " + printable(value);
    }

    static String knobRefused(String name, String why) {
        return "a driver's knob " + printable(name) + " is left out: " + printable(why);
    }

    static final String WRITABLE_STRUCTURE = "a structure can only be read";

    static final String NOT_A_NAME = "not letters, digits, _, % and - with dots between them";

    static String notPrintable(String text) {
        return "it has characters that cannot be printed: " + printable(text);
    }

    static String noNumber(Knob knob) {
        return "its type " + knob.type() + " is no number";
    }
}
