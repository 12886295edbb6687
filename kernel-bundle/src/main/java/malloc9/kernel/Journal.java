package malloc9.kernel;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import malloc9.api.KernelPanic;
import malloc9.api.runtime.Damage;
import malloc9.api.runtime.EventTopics;
import malloc9.api.runtime.LeakReport;
import malloc9.api.runtime.LowMemoryHandler;
import malloc9.api.runtime.ModuleId;
import malloc9.api.runtime.PanicRecord;
import malloc9.api.runtime.SiteTable;
import malloc9.malloc.Revoked;
import malloc9.malloc.type.Events;
import malloc9.malloc.type.TypeMessages;
import malloc9.malloc.zone.ZoneMessages;
import org.jspecify.annotations.Nullable;

/**
 * The journal of what happened: leaks, damage and panics, kept for who asks later, said once on the console, in the message
 * buffer and in the log.
 *
 * <p>May be used by any number of threads.
 */
final class Journal implements Events {

    /** Entries of a kind that are kept. */
    private static final int KEPT = 256;

    /** The number of latest panics among which an equal one is counted instead of kept again. */
    private static final int LATEST = 16;

    private final Console console;
    private volatile @Nullable MessageBuffer buffer;

    /** Guarded by itself. */
    private final ArrayDeque<LeakReport> leaks = new ArrayDeque<>();

    /** Guarded by itself. */
    private final List<PanicRecord> panics = new ArrayList<>();

    /** Guarded by itself. */
    private final ArrayDeque<Damage> damages = new ArrayDeque<>();

    Journal(Console console) {
        this.console = console;
    }

    /** From now on, what is said is kept in the message buffer too. */
    void keepIn(MessageBuffer messages) {
        buffer = messages;
    }

    /** Gives the message buffer up. */
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

    /** Says what the kernel's own stop took away. */
    void stopped(Revoked revoked) {
        if (revoked.blocks() > 0) {
            console.warn(
                    Console.KERNEL,
                    "malloc9 stopped: " + count(revoked.blocks(), "block") + " of " + count(revoked.types(), "type")
                            + " of running modules revoked");
        }
    }

    /** Says what is wrong with what the kernel was told at boot. */
    void complain(String line) {
        console.complain(TypeMessages.printable(line));
        remember(line);
    }

    /** Keeps a line without saying it aloud. */
    @Override
    public void note(String line) {
        console.inform(Console.KERNEL, TypeMessages.printable(line));
        remember(line);
    }

    /** Counts a panic with its equal among the latest, and returns true; else keeps it. */
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

    List<LeakReport> leaks() {
        synchronized (leaks) {
            return List.copyOf(leaks);
        }
    }

    List<PanicRecord> panics() {
        synchronized (panics) {
            return List.copyOf(panics);
        }
    }

    List<Damage> damages() {
        synchronized (damages) {
            return List.copyOf(damages);
        }
    }

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

    /** One line in the log and on the console, whatever a bundle has put into it. */
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
