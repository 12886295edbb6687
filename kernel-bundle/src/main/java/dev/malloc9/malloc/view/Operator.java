package dev.malloc9.malloc.view;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.FailureInfo;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.LimitInfo;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.malloc.account.FailureInjection;
import dev.malloc9.malloc.account.Limits;
import dev.malloc9.malloc.account.Quota;
import dev.malloc9.malloc.armour.CheckedBlocks;
import dev.malloc9.malloc.type.KernelPolicy;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.MallocTypes;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.type.Suspects;
import dev.malloc9.uma.Uma;
import dev.malloc9.vm.StackRoom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operator's switches. They set the {@link Limits} of types and modules, and the {@link KernelPolicy} of the kernel. */
public final class Operator implements MallocOperator {

    private final MallocTypes types;
    private final KernelPolicy watches;
    private final Uma uma;
    private final CheckedBlocks armoured;
    private final Suspects suspects;

    public Operator(MallocTypes types, KernelPolicy watches, Uma uma, CheckedBlocks armoured, Suspects suspects) {
        this.types = types;
        this.watches = watches;
        this.uma = uma;
        this.armoured = armoured;
        this.suspects = suspects;
    }

    @Override
    public void trim() {
        StackRoom.forRequests();
        uma.trim();
    }

    @Override
    public void failureRate(int rate) {
        fail(watches.failures, rate);
    }

    @Override
    public void failureRate(ModuleId owner, int rate) {
        fail(find(owner).limits.failures, rate);
    }

    @Override
    public void failureRate(ModuleId owner, String type, int rate) {
        fail(find(owner, type).limits.failures, rate);
    }

    @Override
    public FailureInfo failures() {
        return watches.failures.info();
    }

    @Override
    public FailureInfo failures(ModuleId owner) {
        return find(owner).limits.failures.info();
    }

    @Override
    public FailureInfo failures(ModuleId owner, String type) {
        return find(owner, type).limits.failures.info();
    }

    @Override
    public void limit(ModuleId owner, long soft, long hard) {
        Owner limited = find(owner);
        limit(limited, null, limited.limits, soft, hard);
    }

    @Override
    public void limit(ModuleId owner, String type, long soft, long hard) {
        MallocTypeInternal limited = find(owner, type);
        limit(limited.owner, limited.name, limited.limits, soft, hard);
    }

    @Override
    public LimitInfo limits(ModuleId owner) {
        return find(owner).limits.info();
    }

    @Override
    public LimitInfo limits(ModuleId owner, String type) {
        return find(owner, type).limits.info();
    }

    @Override
    public void level(Level level) {
        check(level);
        change(() -> watches.level = level, () -> {});
    }

    @Override
    public void level(ModuleId owner, Level level) {
        level(find(owner).limits, level);
    }

    @Override
    public void level(ModuleId owner, String type, Level level) {
        level(find(owner, type).limits, level);
    }

    @Override
    public Level level() {
        return watches.level;
    }

    @Override
    public Level level(ModuleId owner) {
        return find(owner).limits.level;
    }

    @Override
    public Level level(ModuleId owner, String type) {
        return find(owner, type).limits.level;
    }

    @Override
    public List<Damage> verify() {
        return armoured.verify();
    }

    @Override
    public void forgetSuspects() {
        suspects.forget();
    }

    @Override
    public void profile(boolean on) {
        change(() -> watches.profile.on(on), () -> {});
    }

    @Override
    public String profile() {
        return watches.profile.text();
    }

    private void level(Limits limits, Level level) {
        check(level);
        change(() -> limits.level = level, () -> {});
    }

    private static void check(@Nullable Level level) {
        if (level == null) {
            throw new InvalidRequest(ViewMessages.NO_LEVEL);
        }
    }

    private void fail(FailureInjection failures, int rate) {
        if (rate < 0) {
            throw new InvalidRequest(ViewMessages.badRate(rate));
        }
        change(() -> failures.rate(rate), () -> {});
    }

    /**
     * Sets the limits of a module or type. If there was no limit before, the blocks in use are counted first, and the limit applies to them
     * too. If the usage exceeds the new soft limit, reports that.
     *
     * @param type the name of the type, or null for the whole module
     * @param soft the soft limit in bytes; 0 for none
     * @param hard the hard limit in bytes; 0 for none
     * @throws InvalidRequest if a limit is negative, or the soft limit exceeds a hard limit other than 0
     */
    private void limit(Owner owner, @Nullable String type, Limits limits, long soft, long hard) {
        if (soft < 0 || hard < 0 || (hard != 0 && soft > hard)) {
            throw new InvalidRequest(ViewMessages.badLimits(soft, hard));
        }
        boolean limited = soft != 0 || hard != 0;
        if (limited) {
            change(() -> limits.limited = true, () -> limits.quota.limits(orUnlimited(soft), orUnlimited(hard)));
        } else {
            limits.quota.limits(Quota.UNLIMITED, Quota.UNLIMITED);
            change(() -> limits.limited = false, () -> {});
        }
        watches.tellSoftLimit(owner, type, limits.quota);
    }

    /**
     * Changes settings; every request that begins after the return sees the change. The limits are set after the blocks in use have been
     * counted.
     */
    private void change(Runnable settings, Runnable limits) {
        watches.change(types, uma.cpus(), settings, limits);
    }

    /** Returns the owner of a module, or throws {@link InvalidRequest} if the module has no registered types. */
    private Owner find(ModuleId owner) {
        return types.registered().stream()
                .map(type -> type.owner)
                .filter(known -> known.module().equals(owner))
                .findFirst()
                .orElseThrow(() -> new InvalidRequest(ViewMessages.noSuchModule(owner)));
    }

    /** Returns a registered type of a module, or throws {@link InvalidRequest} if there is none. */
    private MallocTypeInternal find(ModuleId owner, String name) {
        return types.registered().stream()
                .filter(type -> type.owner.module().equals(owner) && type.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidRequest(ViewMessages.noSuchType(name, owner)));
    }

    private static long orUnlimited(long limit) {
        return limit == 0 ? Quota.UNLIMITED : limit;
    }
}
