package malloc9.api.runtime;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The operator's switches of a running kernel: failures on purpose, limits for owners, levels, the profile of sizes.
 *
 * <p>What is set for a bundle or a type holds as long as the bundle runs. A type that nothing is set for pays nothing; a
 * request of one that something is set for takes the allocator's slow path. All methods may be called at any time, by
 * any thread, and take effect before they return. Who names a bundle or type that is not registered gets an
 * {@link IllegalArgumentException} that says so, and nothing has changed.
 */
@ProviderType
public interface MallocOperator {

    /**
     * Makes every n-th request with {@code M_NOWAIT} fail; {@code M_WAITOK} is never failed.
     *
     * @param rate every how many; 1 for all, 0 for none (debug.malloc.failure_rate)
     */
    void failureRate(int rate);

    /** As {@link #failureRate(int)}, of one bundle. */
    void failureRate(ModuleId owner, int rate);

    /** As {@link #failureRate(int)}, of one type. */
    void failureRate(ModuleId owner, String type, int rate);

    /** The failures made for the kernel as a whole. */
    FailureInfo failures();

    /** The failures made for a bundle. */
    FailureInfo failures(ModuleId owner);

    /** The failures made for a type. */
    FailureInfo failures(ModuleId owner, String type);

    /**
     * Limits what a bundle uses, all its types together. Blocks count with their size class or whole pages; free items in caches
     * do not count.
     *
     * <p>Above the soft limit the operator is told, once and then at most every five minutes. Up to the hard limit every request
     * is served, to the byte; above it {@code M_NOWAIT} gets null, and {@code M_WAITOK} waits, first come first served, until
     * the bundle has freed enough. Nobody overtakes who waits. A waiting thread that is interrupted gets
     * {@link malloc9.api.InterruptedRequest}, that of a stopping bundle {@link malloc9.api.UnregisteredType}, and a request that is
     * larger than the limit {@link malloc9.api.InvalidRequest}.
     *
     * @param soft in bytes; 0 for no limit
     * @param hard in bytes; 0 for no limit
     */
    void limit(ModuleId owner, long soft, long hard);

    /** As {@link #limit(ModuleId, long, long)}, of one type. */
    void limit(ModuleId owner, String type, long soft, long hard);

    /** The limits of a bundle. */
    LimitInfo limits(ModuleId owner);

    /** The limits of a type. */
    LimitInfo limits(ModuleId owner, String type);

    /**
     * Says how closely the blocks of all types are watched, from the next request on; of a kernel's level, a bundle's and a type's
     * the highest counts (debug.malloc.level).
     */
    void level(Level level);

    /** As {@link #level(Level)}, of one bundle. */
    void level(ModuleId owner, Level level);

    /** As {@link #level(Level)}, of one type. */
    void level(ModuleId owner, String type, Level level);

    /** What is set for the kernel as a whole. */
    Level level();

    /** What is set for a bundle. */
    Level level(ModuleId owner);

    /** What is set for a type. */
    Level level(ModuleId owner, String type);

    /**
     * Looks at the red zones of all blocks that were allocated at level I, and at those that were freed; nobody waits for it.
     *
     * @return what is damaged now; what no such look has found before is reported, too
     */
    List<Damage> verify();

    /** Nobody is suspected of damage any more, until more is found. */
    void forgetSuspects();

    /** Begins or ends to count requested sizes; what was counted stays. */
    void profile(boolean on);

    /** The histogram of requested sizes, and what the size classes waste of them (kern.mprof). */
    String profile();

    /**
     * Gives everything back to the OS that is not in use: caches, empty slabs, and OS pages inside slabs that hold free items
     * only. What was idle for a while goes back by itself.
     */
    void trim();
}
