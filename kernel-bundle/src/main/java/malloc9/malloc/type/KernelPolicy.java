package malloc9.malloc.type;

import java.util.List;
import malloc9.api.runtime.Level;
import malloc9.debug.memguard.MemGuard;
import malloc9.malloc.account.Quota;
import malloc9.malloc.account.FailureInjection;
import malloc9.malloc.account.MallocProfile;
import malloc9.malloc.account.SizeClasses;
import malloc9.pcpu.Cpus;
import malloc9.trace.Trace;
import malloc9.vm.KernelLock;
import org.jspecify.annotations.Nullable;

/**
 * What the operator has set for the kernel as a whole, and the way in which types become watched and cease to be.
 *
 * <p>A type is watched from a setting on: first its fast path is closed, then {@link malloc9.pcpu.Cpus#quiesce} waits for the
 * sections that were on it, then what they left in use is counted, and only then a limit is set. When {@code quiesce} finds a
 * thread that does not end its section (it is being debugged), the count may lack that one operation.
 */
public final class KernelPolicy {

    private static final long QUIESCE_MILLIS = 1_000;

    public final FailureInjection failures = new FailureInjection();
    public final MallocProfile profile;

    /** How closely all blocks are watched. Written under lock. */
    public volatile Level level = Level.R;

    private final Events events;
    private final MemGuard guard;

    /** Whose probes are watches. */
    final Trace trace;

    /** One change of settings at a time. */
    private final KernelLock lock = new KernelLock();

    public KernelPolicy(SizeClasses classes, Events events, MemGuard guard, Trace trace) {
        this.profile = new MallocProfile(classes);
        this.events = events;
        this.guard = guard;
        this.trace = trace;
    }

    /** Whether requests of the type are to take the slow path. */
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

    /** The level at which blocks of the type are allocated: the highest of the kernel's, its module's and its own. */
    public Level level(MallocTypeInternal type) {
        Level module = type.owner.limits.level;
        Level own = type.limits.level;
        Level higher = module.compareTo(own) > 0 ? module : own;
        Level kernel = level;
        return kernel.compareTo(higher) > 0 ? kernel : higher;
    }

    /** Whether all blocks of the type are to be guarded. */
    boolean isGuarded(MallocTypeInternal type) {
        return level(type) == Level.G;
    }

    /**
     * Changes settings; when it returns, every request of every type sees them.
     *
     * @param settings what makes types watched, or not
     * @param limits what may be set only once everything in use is counted
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

    /** Tells that a soft limit was passed, if it was and it is time to. */
    public void tellSoftLimit(Owner owner, @Nullable String type, Quota quota) {
        if (quota.takeAlarm()) {
            events.softLimitPassed(owner.module(), type, quota.soft(), quota.used());
        }
    }
}
