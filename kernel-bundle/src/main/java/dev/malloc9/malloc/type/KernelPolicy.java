package dev.malloc9.malloc.type;

import dev.malloc9.api.runtime.Level;
import dev.malloc9.debug.memguard.MemGuard;
import dev.malloc9.malloc.account.FailureInjection;
import dev.malloc9.malloc.account.MallocProfile;
import dev.malloc9.malloc.account.Quota;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.pcpu.Cpus;
import dev.malloc9.trace.Trace;
import dev.malloc9.vm.KernelLock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the operator for the kernel as a whole, and the procedure by which policies of types begin and end.
 *
 * <p>A policy of a type ({@link SlowPathPolicy}) begins in four steps. First the type's fast path is closed. Then
 * {@link dev.malloc9.pcpu.Cpus#quiesce} waits for the critical sections that are on it. Then the usage that they have left is counted.
 * Limits are set only after that. If {@code quiesce} finds a thread that does not end its section (for example in a debugger), it gives up
 * after {@code QUIESCE_MILLIS}. The count may then lack the operations of that section.
 */
public final class KernelPolicy {

    /** The longest wait for open critical sections, in milliseconds. */
    private static final long QUIESCE_MILLIS = 1_000;

    /** The failure injection for requests of all types. */
    public final FailureInjection failures = new FailureInjection();

    /** The histogram of requested sizes of all types. */
    public final MallocProfile profile;

    /** The level of checking for new blocks of all types. Written under {@code lock}. */
    public volatile Level level = Level.R;

    private final Events events;
    private final MemGuard guard;

    /** The trace whose probes of a type require a policy. */
    final Trace trace;

    /** The lock that serializes changes of settings. */
    private final KernelLock lock = new KernelLock();

    /** Creates settings that need no policy for any type. */
    public KernelPolicy(SizeClasses classes, Events events, MemGuard guard, Trace trace) {
        this.profile = new MallocProfile(classes);
        this.events = events;
        this.guard = guard;
        this.trace = trace;
    }

    /**
     * Returns whether the type needs a policy: because of its zones, failure injection, the size profile, a level above R, MemGuard, a
     * probe or a limit.
     */
    boolean wants(MallocTypeInternal type) {
        return type.zoneBase() != 0
                || failures.isOn()
                || profile.isOn()
                || level != Level.R
                || guard.mayWant(type.name)
                || trace.wants(type.title)
                || type.owner.limits.isOn()
                || type.limits.isOn();
    }

    /** Returns the level at which new blocks of the type are allocated: the highest of the kernel's, its module's and its own level. */
    public Level level(MallocTypeInternal type) {
        Level module = type.owner.limits.level;
        Level own = type.limits.level;
        Level higher = module.compareTo(own) > 0 ? module : own;
        Level kernel = level;
        return kernel.compareTo(higher) > 0 ? kernel : higher;
    }

    /** Returns whether all blocks of the type are to be guarded, because its level is G. */
    boolean isGuarded(MallocTypeInternal type) {
        return level(type) == Level.G;
    }

    /**
     * Changes settings. Every request that begins after the return applies them; a request that is in progress may still apply the former
     * settings. If a level G is set, reserves MemGuard's address space. The caller is outside all critical sections and kernel locks.
     *
     * If {@code settings} throws, its exception is passed on, and nothing else is done.
     *
     * @param types the registry whose types are updated
     * @param cpus the CPUs whose critical sections are waited for, at most one second
     * @param settings the action that changes the settings which decide whether types need a policy
     * @param limits the action that sets limits, run only after the usage is counted
     */
    public void change(MallocTypes types, Cpus cpus, Runnable settings, Runnable limits) {
        lock.lock();
        try {
            settings.run();
            if (level == Level.G || types.registered().stream().anyMatch(this::isGuarded)) {
                guard.reserve();
            }
            List<MallocTypeInternal> watched = types.rewatch();
            if (!watched.isEmpty()) {
                cpus.quiesce(QUIESCE_MILLIS);
                for (MallocTypeInternal type : watched) {
                    SlowPathPolicy watch = type.watch();
                    if (watch != null) {
                        watch.start(type.unwatchedCounters());
                    }
                }
            }
            limits.run();
        } finally {
            lock.unlock();
            guard.tell();
        }
    }

    /**
     * Reports that a soft limit was crossed, if an alarm is pending and the last report is old enough.
     *
     * @param type the name of the type that has the quota; null for the quota of the owner
     */
    public void tellSoftLimit(Owner owner, @Nullable String type, Quota quota) {
        if (quota.takeAlarm()) {
            events.softLimitPassed(owner.module(), type, quota.soft(), quota.used());
        }
    }
}
