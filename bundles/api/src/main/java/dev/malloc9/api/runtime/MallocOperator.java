package dev.malloc9.api.runtime;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The operator's settings of a running kernel: injected failures, limits, levels, and the profile of requested sizes.
 *
 * <p>A setting of a bundle or a type holds until the bundle stops. A type without settings has no cost. A request of a type with a
 * setting takes the allocator's slow path.
 *
 * <p>Any thread may call all methods at any time. A setting takes effect before the method returns. If a thread does not leave a critical
 * section within one second, its operation may be missing in the counts.
 *
 * <p>A method with a bundle or a type that is not registered throws {@link dev.malloc9.api.InvalidRequest}, an
 * {@link IllegalArgumentException}, and changes nothing. A bundle without registered types counts as not registered.
 */
@ProviderType
public interface MallocOperator {

    /**
     * Makes every n-th request with {@code M_NOWAIT} fail, for the kernel as a whole (debug.malloc.failure_rate). A request with
     * {@code M_WAITOK} never fails this way. Requests of {@code contigmalloc} are counted too, requests of zones are not.
     *
     * @param rate the number n; 1 fails all requests, 0 none
     * @throws dev.malloc9.api.InvalidRequest if the rate is negative
     */
    void failureRate(int rate);

    /**
     * Sets the failure rate of one bundle.
     *
     * @param owner the bundle; must have registered types
     * @param rate as {@link #failureRate(int)}
     * @throws dev.malloc9.api.InvalidRequest if the rate is negative, or if the bundle is not registered
     */
    void failureRate(ModuleId owner, int rate);

    /**
     * Sets the failure rate of one type.
     *
     * @param owner the bundle that declares the type
     * @param type the short description of a registered type of the bundle
     * @param rate as {@link #failureRate(int)}
     * @throws dev.malloc9.api.InvalidRequest if the rate is negative, or if the type is not registered
     */
    void failureRate(ModuleId owner, String type, int rate);

    /** {@return the failures that were injected by the kernel's rate} */
    FailureInfo failures();

    /**
     * {@return the failures that were injected by a bundle's rate}
     *
     * @param owner the bundle; must have registered types
     * @throws dev.malloc9.api.InvalidRequest if the bundle is not registered
     */
    FailureInfo failures(ModuleId owner);

    /**
     * {@return the failures that were injected by a type's rate}
     *
     * @param owner the bundle that declares the type
     * @param type the short description of a registered type of the bundle
     * @throws dev.malloc9.api.InvalidRequest if the type is not registered
     */
    FailureInfo failures(ModuleId owner, String type);

    /**
     * Limits the bytes that all types of a bundle use together. Blocks count with their size class or whole pages; free items in caches,
     * and items of zones, do not count. Memory of other allocators counts, but is not refused.
     *
     * <p>If the usage passes the soft limit, the operator is notified, at once and then at most every five minutes.
     *
     * <p>Up to the hard limit every request is admitted, to the byte. Above it, a request with {@code M_NOWAIT} returns null. A request
     * with {@code M_WAITOK} waits until the bundle has freed enough. Requests are served in the order in which they came; no request
     * overtakes a waiting one, so that a request with {@code M_NOWAIT} returns null while one waits.
     *
     * <p>A waiting thread that is interrupted gets {@link dev.malloc9.api.InterruptedRequest}. If the bundle stops, its waiting threads get
     * {@link dev.malloc9.api.UnregisteredType}. A request with {@code M_WAITOK} that is larger than the hard limit gets
     * {@link dev.malloc9.api.InvalidRequest}.
     *
     * @param owner the bundle; must have registered types
     * @param soft the soft limit in bytes; 0 for no limit
     * @param hard the hard limit in bytes; 0 for no limit
     * @throws dev.malloc9.api.InvalidRequest if a limit is negative, if the soft limit exceeds a hard limit other than 0, or if the bundle
     *     is not registered
     */
    void limit(ModuleId owner, long soft, long hard);

    /**
     * Limits the bytes that one type uses, as {@link #limit(ModuleId, long, long)}.
     *
     * @param owner the bundle that declares the type
     * @param type the short description of a registered type of the bundle
     * @param soft the soft limit in bytes; 0 for no limit
     * @param hard the hard limit in bytes; 0 for no limit
     * @throws dev.malloc9.api.InvalidRequest as {@link #limit(ModuleId, long, long)}, or if the type is not registered
     */
    void limit(ModuleId owner, String type, long soft, long hard);

    /**
     * {@return the limits and the usage of a bundle}
     *
     * @param owner the bundle; must have registered types
     * @throws dev.malloc9.api.InvalidRequest if the bundle is not registered
     */
    LimitInfo limits(ModuleId owner);

    /**
     * {@return the limits and the usage of a type}
     *
     * @param owner the bundle that declares the type
     * @param type the short description of a registered type of the bundle
     * @throws dev.malloc9.api.InvalidRequest if the type is not registered
     */
    LimitInfo limits(ModuleId owner, String type);

    /**
     * Sets the level of the kernel as a whole, for blocks that are allocated from now on (debug.malloc.level). The highest of the levels of
     * the kernel, the bundle and the type applies.
     *
     * @param level the level; {@link Level#R} adds no checks
     * @throws dev.malloc9.api.InvalidRequest if the level is null
     */
    void level(Level level);

    /**
     * Sets the level of one bundle, as {@link #level(Level)}.
     *
     * @param owner the bundle; must have registered types
     * @param level the level; {@link Level#R} adds no checks
     * @throws dev.malloc9.api.InvalidRequest if the level is null, or if the bundle is not registered
     */
    void level(ModuleId owner, Level level);

    /**
     * Sets the level of one type, as {@link #level(Level)}.
     *
     * @param owner the bundle that declares the type
     * @param type the short description of a registered type of the bundle
     * @param level the level; {@link Level#R} adds no checks
     * @throws dev.malloc9.api.InvalidRequest if the level is null, or if the type is not registered
     */
    void level(ModuleId owner, String type, Level level);

    /** {@return the level that is set for the kernel as a whole} */
    Level level();

    /**
     * {@return the level that is set for a bundle} The kernel's level may be higher.
     *
     * @param owner the bundle; must have registered types
     * @throws dev.malloc9.api.InvalidRequest if the bundle is not registered
     */
    Level level(ModuleId owner);

    /**
     * {@return the level that is set for a type} The level of the kernel or the bundle may be higher.
     *
     * @param owner the bundle that declares the type
     * @param type the short description of a registered type of the bundle
     * @throws dev.malloc9.api.InvalidRequest if the type is not registered
     */
    Level level(ModuleId owner, String type);

    /**
     * Scans the red zones of all blocks that were allocated with the checks of level I, and the trash of such blocks after their free.
     * Guarded blocks are not scanned. Other threads continue meanwhile.
     *
     * @return all damage that exists now; damage that differs in its number of bytes from that of the last scan is also reported
     */
    List<Damage> verify();

    /**
     * Clears the list of types suspected of damage, and the number of findings; the types stay in their zones
     * ({@link MallocRuntime#suspects()}).
     */
    void forgetSuspects();

    /**
     * Starts or stops counting requested sizes (MALLOC_PROFILE). The counts so far are kept.
     *
     * @param on whether requests are counted; only requests up to the largest size class are
     */
    void profile(boolean on);

    /**
     * {@return the histogram of requested sizes as text, with the bytes that the size classes waste (kern.mprof)} If no request was
     * counted, all counts are 0.
     */
    String profile();

    /**
     * Returns unused memory to the OS: caches, empty slabs, and OS pages inside slabs that hold only free items (uma_reclaim). Quarantines,
     * and pages of zones with an init or reference counts, stay. Slabs of zones with {@code UMA_ZONE_NOFREE} stay. Idle memory is also
     * returned without this call, every 20 seconds.
     */
    void trim();
}
