package dev.malloc9.kernel;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.EventTopics;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.LowMemoryHandler;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.PanicRecord;
import dev.malloc9.api.runtime.SiteTable;
import dev.malloc9.malloc.Revoked;
import dev.malloc9.malloc.type.Events;
import dev.malloc9.malloc.type.TypeMessages;
import dev.malloc9.malloc.zone.ZoneMessages;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The journal of events: keeps leaks, damage and panics for later queries, and reports each event once. A panic that repeats a recent one
 * is only counted.
 *
 * <p>A warning is written to the console, the log and the message buffer. A panic is written to the log and the message buffer. The
 * registration or unregistration of a type is written to the log only. A note is written to the log and the message buffer.
 *
 * <p>Any number of threads may use a journal.
 */
final class Journal implements Events {

    /** The number of entries of each kind that are kept. The oldest is dropped first. */
    private static final int KEPT = 256;

    /** The number of latest panics among which an equal one is counted instead of kept again. */
    private static final int LATEST = 16;

    private final Console console;
    /** The message buffer, or null before {@link #keepIn} and after {@link #close}. */
    private volatile @Nullable MessageBuffer buffer;

    /** The latest leaks, oldest first. Guarded by its own monitor. */
    private final ArrayDeque<LeakReport> leaks = new ArrayDeque<>();

    /** The latest panics, oldest first. Guarded by its own monitor. */
    private final List<PanicRecord> panics = new ArrayList<>();

    /** The latest damage, oldest first. Guarded by its own monitor. */
    private final ArrayDeque<Damage> damages = new ArrayDeque<>();

    Journal(Console console) {
        this.console = console;
    }

    /** Sets the message buffer. From now on, lines are also kept in it. */
    void keepIn(MessageBuffer messages) {
        buffer = messages;
    }

    /** Closes the message buffer. Later lines are not kept. */
    void close() {
        MessageBuffer messages = buffer;
        buffer = null;
        if (messages != null) {
            messages.close();
        }
    }

    @Override
    public void registered(ModuleId module, String type, String description) {
        console.inform(TypeMessages.printable(type), TypeMessages.printable(module + " registered type " + type));
        console.post(
                EventTopics.TYPE_REGISTERED,
                module,
                Map.of(EventTopics.TYPE, type, EventTopics.DESCRIPTION, description));
    }

    @Override
    public void unregistered(ModuleId module, String type) {
        console.inform(TypeMessages.printable(type), TypeMessages.printable(module + " unregistered type " + type));
        console.post(EventTopics.TYPE_UNREGISTERED, module, Map.of(EventTopics.TYPE, type));
    }

    @Override
    public void leaked(LeakReport report) {
        keep(leaks, report);
        postLeak(report);
        warn(report.type(), TypeMessages.leaked(report.type(), report.allocations(), report.bytes()));
        for (LeakReport.Blocks blocks : report.blocks()) {
            warn(
                    report.type(),
                    report.owner() + " leaked " + count(blocks.count(), "block") + " of " + blocks.size()
                            + " bytes of type " + TypeMessages.printable(report.type()));
        }
        if (!report.groups().isEmpty()) {
            new SiteTable(report.groups(), SiteTable.AT_STOP, false)
                    .lines()
                    .forEach(line -> warn(report.type(), TypeMessages.printable(line)));
        }
    }

    @Override
    public void zoneLeft(LeakReport report) {
        warn(report.type(), ZoneMessages.left(report.type(), report.allocations(), report.bytes()));
        if (report.allocations() > 0) {
            keep(leaks, report);
            postLeak(report);
        }
        for (LeakReport.Blocks blocks : report.blocks()) {
            warn(
                    report.type(),
                    report.owner() + " leaked " + count(blocks.count(), "item") + " of " + blocks.size()
                            + " bytes of zone " + TypeMessages.printable(report.type()));
        }
    }

    @Override
    public void zoneNotEmpty(ModuleId module, String zone, long items, long pages) {
        warn(zone, ZoneMessages.notEmpty(zone, module, items, pages));
    }

    @Override
    public void quarantined(ModuleId module, long bytes) {
        warn(
                Console.KERNEL,
                module + " cannot be revoked while a native call uses its memory: " + bytes
                        + " bytes stay in quarantine");
    }

    @Override
    public void notRevokedInTime(ModuleId module, long seconds) {
        warn(Console.KERNEL, TypeMessages.notRevokedInTime(module, seconds));
    }

    @Override
    public void softLimitPassed(ModuleId module, @Nullable String type, long limitBytes, long usedBytes) {
        warn(type == null ? Console.KERNEL : type, TypeMessages.softLimitPassed(module, type, limitBytes, usedBytes));
        Map<String, Object> properties =
                new HashMap<>(Map.of(EventTopics.LIMIT, limitBytes, EventTopics.USED, usedBytes));
        if (type != null) {
            properties.put(EventTopics.TYPE, type);
        }
        console.post(EventTopics.QUOTA_EXCEEDED, module, properties);
    }

    @Override
    public void panicked(ModuleId who, KernelPanic panic) {
        String message = String.valueOf(panic.getMessage());
        if (isRepeated(who, message)) {
            return;
        }
        List<String> lines = ("panic: " + message).lines().toList();
        console.log(Console.KERNEL, TypeMessages.printable(lines.getFirst() + " (earned by " + who + ")"));
        lines.stream().skip(1).forEach(line -> console.log(Console.KERNEL, TypeMessages.printable(line)));
        console.post(
                EventTopics.PANIC,
                who,
                Map.of(
                        EventTopics.MESSAGE,
                        message,
                        EventTopics.THREAD,
                        Thread.currentThread().getName(),
                        "exception.class",
                        panic.getClass().getName()));
        lines.forEach(this::remember);
    }

    @Override
    public void damaged(Damage damage) {
        keep(damages, damage);
        for (String line : damage.report()) {
            warn(damage.type().isEmpty() ? Console.KERNEL : damage.type(), TypeMessages.printable(line));
        }
    }

    @Override
    public void lowMemoryHandlerFailed(LowMemoryHandler handler, Throwable thrown) {
        warn(
                Console.KERNEL,
                TypeMessages.lowMemoryHandlerFailed(handler.getClass().getName(), thrown));
    }

    @Override
    public void lowMemoryHandlerLate(LowMemoryHandler handler) {
        warn(
                Console.KERNEL,
                TypeMessages.lowMemoryHandlerLate(handler.getClass().getName()));
    }

    @Override
    public void callbackLate(ModuleId module, String zone, String callback) {
        warn(zone, ZoneMessages.callbackLate(callback, zone, module));
    }

    /**
     * Warns that the kernel's own stop revoked blocks of running modules; silent if there were none. The message buffer is closed by then.
     */
    void stopped(Revoked revoked) {
        if (revoked.blocks() > 0) {
            console.warn(
                    Console.KERNEL,
                    "malloc9 stopped: " + count(revoked.blocks(), "block") + " of " + count(revoked.types(), "type")
                            + " of running modules revoked");
        }
    }

    /** Reports a problem of the boot environment, on the error stream, in the log and in the message buffer. */
    void complain(String line) {
        console.complain(TypeMessages.printable(line));
        remember(line);
    }

    /** Writes a line to the log and the message buffer, but not to the console. */
    @Override
    public void note(String line) {
        console.inform(Console.KERNEL, TypeMessages.printable(line));
        remember(line);
    }

    /**
     * Looks for an equal panic among the latest: one with the same module and message. If there is one, increments its count and returns
     * true. The entry keeps the time and thread of the first panic. Otherwise keeps the new panic and returns false.
     */
    private boolean isRepeated(ModuleId who, String message) {
        synchronized (panics) {
            for (int i = panics.size() - 1; i >= Math.max(0, panics.size() - LATEST); i--) {
                PanicRecord known = panics.get(i);
                if (known.who().equals(who) && known.message().equals(message)) {
                    panics.set(i, new PanicRecord(known.when(), who, message, known.thread(), known.count() + 1));
                    return true;
                }
            }
            if (panics.size() == KEPT) {
                panics.removeFirst();
            }
            panics.add(new PanicRecord(
                    Instant.now(), who, message, Thread.currentThread().getName()));
            return false;
        }
    }

    /** Returns the kept leaks, oldest first. */
    List<LeakReport> leaks() {
        synchronized (leaks) {
            return List.copyOf(leaks);
        }
    }

    /** Returns the kept panics, oldest first. */
    List<PanicRecord> panics() {
        synchronized (panics) {
            return List.copyOf(panics);
        }
    }

    /** Returns the kept damage, oldest first. */
    List<Damage> damages() {
        synchronized (damages) {
            return List.copyOf(damages);
        }
    }

    /** Returns the lines of the message buffer, oldest first; an empty list if there is no buffer. */
    List<String> messages() {
        MessageBuffer messages = buffer;
        return messages == null ? List.of() : messages.lines();
    }

    private void postLeak(LeakReport report) {
        console.post(
                EventTopics.LEAK_DETECTED,
                report.owner(),
                Map.of(
                        EventTopics.TYPE,
                        report.type(),
                        EventTopics.ALLOCATIONS,
                        report.allocations(),
                        EventTopics.BYTES,
                        report.bytes()));
    }

    /** Writes one line to the console, the log and the message buffer. Characters that could forge a line are escaped. */
    void warn(String logger, String line) {
        console.warn(TypeMessages.printable(logger), TypeMessages.printable(line));
        remember(line);
    }

    private void remember(String line) {
        MessageBuffer messages = buffer;
        if (messages != null) {
            messages.append(TypeMessages.printable(line));
        }
    }

    private static <T> void keep(ArrayDeque<T> entries, T entry) {
        synchronized (entries) {
            if (entries.size() == KEPT) {
                entries.removeFirst();
            }
            entries.addLast(entry);
        }
    }

    private static String count(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
