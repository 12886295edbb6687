package dev.malloc9.malloc.type;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.api.runtime.SuspectsInfo;
import dev.malloc9.debug.memguard.MemGuard;
import dev.malloc9.malloc.account.Generation;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.statsfile.StatsFile;
import dev.malloc9.uma.Gates;
import dev.malloc9.vm.FailPoints;
import dev.malloc9.vm.KernelLock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The registry of memory types (kmemstatistics, malloc_mtx).
 *
 * <p>Names may repeat, because two versions of a driver can run at the same time. A type is identified by owner and name. The list of types
 * is immutable and replaced as a whole, so that readers take no lock.
 */
public final class MallocTypes implements Gates {

    /** The lookup of the owner of a descriptor, by declaring class. */
    private final TypeOwners owners;

    private final Events events;
    private final Policy policy;

    /** The MemGuard instance of the kernel. The segments of its blocks are not slices of the owner's segment over all memory. */
    public final MemGuard guard;

    /** The file in which the types' statistics outlive the process, or null if there is none. */
    private final @Nullable StatsFile statsFile;

    private final FailPoints failPoints;

    /** The generation counter for changes of the list of registered types and of the list of drivers' zones. */
    public final Generation generation = new Generation();

    private final KernelLock lock = new KernelLock();

    /** The current list. Replaced under {@code lock}. */
    private volatile TypeList list;

    /** The numbers of types and of drivers' zones. */
    public final TagNumbers numbers = new TagNumbers();

    /** True between {@link #pauseAll()} and {@link #resumeAll()}, while all types take the slow path. Guarded by {@code lock}. */
    private boolean paused;

    /** True from the beginning of the kernel's stop on. Written under {@code lock}. */
    private volatile boolean closed;

    /**
     * The parameters for the creation of a type.
     *
     * @param classes the size classes of the kernel
     * @param zones the number of malloc's zones, of all sets together
     * @param suspects the choice of the set of zones for each type
     * @param watches the kernel's policy, which decides whether a type needs the slow path
     */
    public record Policy(SizeClasses classes, int zones, Suspects suspects, KernelPolicy watches) {}

    /**
     * Creates an empty registry.
     *
     * @param statsFile the statistics file; null if there is none
     */
    public MallocTypes(
            TypeOwners owners,
            Events events,
            Policy policy,
            MemGuard guard,
            @Nullable StatsFile statsFile,
            FailPoints failPoints) {
        this.owners = owners;
        this.events = events;
        this.policy = policy;
        this.guard = guard;
        this.statsFile = statsFile;
        this.failPoints = failPoints;
        this.list = new TypeList(policy.zones);
    }

    /** Returns the registered types, oldest first. */
    public List<MallocTypeInternal> registered() {
        return list.registered;
    }

    /** Returns the suspects of the damage found so far, and the registered types by their set of zones ({@link Suspects}). */
    public SuspectsInfo suspects() {
        return policy.suspects.info(registered());
    }

    /** Returns the types and the request counts of former types, all of the same instant. */
    public TypeList list() {
        return list;
    }

    /**
     * Registers all types of an owner, or none (malloc_init).
     *
     * @throws KernelPanic if a descriptor is invalid, the kernel has stopped, there are not enough numbers, or a fail point injects a
     *     failure. Nothing has changed then, and the panic has been reported
     */
    public void register(Owner owner, List<Descriptor> descriptors) {
        try {
            Descriptor.check(descriptors, owner.module());
            add(owner, descriptors);
            if (statsFile != null) {
                statsFile.tell();
            }
        } catch (KernelPanic panic) {
            events.panicked(owner.module(), panic);
            throw panic;
        }
    }

    /**
     * Removes an owner's types from the list and from the statistics file, clears the handles of their descriptors, and closes the owner's
     * quota. The types keep their numbers, and their places in the file, until {@link #forget}. A request inside a critical section may
     * still complete; the caller must quiesce.
     *
     * @return the retired types; empty if the kernel has stopped
     * @throws KernelPanic if types of this owner were retired before, unless the kernel has stopped. Nothing has changed then, and the
     *     panic has been reported
     */
    public List<MallocTypeInternal> retire(Owner owner) {
        String gone = lastOfRetired(owner);
        if (gone != null && !closed) {
            KernelPanic panic = new KernelPanic(TypeMessages.notFound(gone));
            events.panicked(owner.module(), panic);
            throw panic;
        }
        lock.lock();
        try {
            List<MallocTypeInternal> retired =
                    registered().stream().filter(type -> type.owner == owner).toList();
            TypeList left = list.retire(retired);
            generation.change(() -> list = left);
            for (MallocTypeInternal type : retired) {
                type.retire();
                owner.retired(type.name);
                if (statsFile != null && type.record != null) {
                    statsFile.remove(type.record);
                }
            }
            owner.limits.quota.close();
            return retired;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the name of the type that was retired last for an owner. Returns null if none was retired by {@link #retire}. */
    private @Nullable String lastOfRetired(Owner owner) {
        lock.lock();
        try {
            return owner.retired();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Starts the policy of each type that needs one and has none, which closes the type's fast path. Ends the policy of each type that
     * needs none.
     *
     * @return the types whose policy was started by this call; the caller must quiesce before it uses their counters
     */
    List<MallocTypeInternal> rewatch() {
        lock.lock();
        try {
            List<MallocTypeInternal> watched = new ArrayList<>();
            for (MallocTypeInternal type : registered()) {
                boolean wanted = policy.watches.wants(type);
                if (wanted && type.watch() == null) {
                    type.watch(policy.watches);
                    watched.add(type);
                } else if (!wanted && type.watch() != null) {
                    type.unwatch();
                }
            }
            return watched;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether the stop of the kernel has begun. */
    public boolean closed() {
        return closed;
    }

    /**
     * Retires all types of all owners, closes the owners' quotas, and marks the kernel as stopped. No type can be registered afterwards.
     * The records in the statistics file stay.
     *
     * @return the retired types
     */
    public List<MallocTypeInternal> close() {
        lock.lock();
        try {
            closed = true;
            List<MallocTypeInternal> retired = registered();
            TypeList left = list.retire(retired);
            generation.change(() -> list = left);
            for (MallocTypeInternal type : retired) {
                type.retire();
                type.owner.limits.quota.close();
            }
            return retired;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Releases the numbers of retired types and their places in the statistics file. The caller has made sure that no block and no counter
     * carries these numbers any more.
     */
    public void forget(List<MallocTypeInternal> retired) {
        lock.lock();
        try {
            list = list.forget(retired);
            for (MallocTypeInternal type : retired) {
                numbers.give(type.number);
                if (statsFile != null && type.record != null) {
                    statsFile.forget(type.record);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the registered type of a descriptor. At the first call for a descriptor, binds the descriptor to the type.
     *
     * @param type the descriptor; null is refused
     * @param function the name of the called function, for the error's text
     * @throws InvalidRequest if the descriptor is null, has no declaring class, or is bound to another kernel
     * @throws UnregisteredType if the kernel has stopped, or no loaded module has registered the type
     * @throws KernelPanic if an unbound descriptor has the wrong magic, or {@link TypeOwners#ownerOf} registers the type and it is refused;
     *     the panic has been reported
     */
    public MallocTypeInternal bind(@Nullable MallocType type, String function) {
        if (type == null) {
            throw new InvalidRequest(TypeMessages.noType(function));
        }
        return type.handle() instanceof MallocTypeInternal known && known.types == this
                ? known
                : bindSlow(type, function);
    }

    /** Binds a descriptor whose handle is null. For a descriptor without a declaring class, or of another kernel, throws the error. */
    private MallocTypeInternal bindSlow(MallocType type, String function) {
        if (type.declaringClass() == null) {
            throw new InvalidRequest(TypeMessages.noDeclaringClass(function));
        }
        Object handle = type.handle();
        if (handle == null) {
            return bindNow(type, function);
        }
        if (handle instanceof MallocTypeInternal known && known.types == this) {
            return known;
        }
        throw new InvalidRequest(TypeMessages.otherKernel(function, type));
    }

    /**
     * Delivers a pending fault of the calling thread's earlier access to a hole of MemGuard. Called before the request changes any state of
     * the kernel.
     *
     * @param type the type of the request, whose owner is named in the report
     * @param function the name of the called function, for the error's text
     * @throws GuardHit if a fault is pending; the panic has been reported
     */
    public void fence(MallocTypeInternal type, String function) {
        try {
            guard.fence(function);
        } catch (GuardHit hit) {
            events.panicked(type.owner.module(), hit);
            throw hit;
        }
    }

    /** Returns whether all blocks of a type are to be guarded, because its level is G. */
    boolean isGuarded(MallocTypeInternal type) {
        return policy.watches.isGuarded(type);
    }

    /** Returns the registered type whose number a tag carries, or null if there is none. Linear in the number of types. */
    @Nullable
    public MallocTypeInternal ofTag(int tag) {
        for (MallocTypeInternal type : registered()) {
            if (Tags.isOf(tag, type.number)) {
                return type;
            }
        }
        return null;
    }

    /** Returns the names of all registered types and of all drivers' zones, by their numbers. */
    public Map<Integer, TagOwner.QualifiedName> names() {
        Map<Integer, TagOwner.QualifiedName> names = new HashMap<>();
        numbers.addZoneNames(names);
        registered().forEach(type -> names.put(type.number, type.qualifiedName()));
        return names;
    }

    @Override
    public void pauseAll() {
        lock.lock();
        try {
            paused = true;
            registered().forEach(MallocTypeInternal::pause);
        } finally {
            lock.unlock();
        }
        numbers.pauseZones();
    }

    @Override
    public void resumeAll() {
        lock.lock();
        try {
            paused = false;
            registered().forEach(MallocTypeInternal::resume);
        } finally {
            lock.unlock();
        }
        numbers.resumeZones();
    }

    /** Looks up the owner of a descriptor by its declaring class, and binds the descriptor to the owner's type of the same name. */
    private MallocTypeInternal bindNow(MallocType type, String function) {
        if (closed) {
            throw new UnregisteredType(TypeMessages.stopped(function));
        }
        Owner owner;
        try {
            owner = owners.ownerOf(type);
        } catch (TypeOwners.NotLoaded e) {
            throw new UnregisteredType(
                    TypeMessages.unregistered(function, type.name(), String.valueOf(e.getMessage())));
        }
        if (type.magic() != MallocType.M_MAGIC) {
            KernelPanic panic = new KernelPanic(TypeMessages.badMagic(function, type, owner.module()));
            events.panicked(owner.module(), panic);
            throw panic;
        }
        lock.lock();
        try {
            if (closed) {
                throw new UnregisteredType(TypeMessages.stopped(function));
            }
            for (MallocTypeInternal candidate : registered()) {
                if (candidate.owner == owner && candidate.name.equals(type.name())) {
                    candidate.bind(type);
                    return candidate;
                }
            }
        } finally {
            lock.unlock();
        }
        throw new UnregisteredType(TypeMessages.unregistered(
                function, type.name(), owner.module() + " does not declare it in its manifest"));
    }

    /** Creates an owner's types and appends them to the list. If all types are paused, the new types are paused as well. */
    private void add(Owner owner, List<Descriptor> descriptors) {
        lock.lock();
        try {
            if (closed) {
                throw new KernelPanic(TypeMessages.stopped("malloc_init"));
            }
            if (!numbers.hasRoomFor(descriptors.size())) {
                throw new KernelPanic(TypeMessages.tooManyTypes(owner.module()));
            }
            List<MallocTypeInternal> added = newTypes(descriptors, owner);
            if (paused) {
                added.forEach(MallocTypeInternal::pause);
            }
            TypeList grown = list.with(added);
            generation.change(() -> list = grown);
        } finally {
            lock.unlock();
        }
    }

    /** Creates all types of an owner. If one of them fails, undoes the creation of the others. */
    private List<MallocTypeInternal> newTypes(List<Descriptor> descriptors, Owner owner) {
        List<MallocTypeInternal> made = new ArrayList<>();
        boolean done = false;
        try {
            for (Descriptor descriptor : descriptors) {
                if (failPoints.fails(FailPoints.Step.RECORD)) {
                    throw new KernelPanic(TypeMessages.noRecord(String.valueOf(descriptor.name()), owner.module()));
                }
                made.add(newType(descriptor, owner));
            }
            done = true;
            return made;
        } finally {
            if (!done) {
                made.forEach(this::unmake);
            }
        }
    }

    /** Undoes {@link #newType}: releases the type's number, its reservation and its place in the statistics file. */
    private void unmake(MallocTypeInternal type) {
        numbers.give(type.number);
        type.owner.forget(type.reservation);
        if (statsFile != null && type.record != null) {
            statsFile.remove(type.record);
            statsFile.forget(type.record);
        }
    }

    /**
     * Creates a type that is not in the list yet. If the kernel's policy requires it, the type's policy starts at once.
     *
     * @throws KernelPanic if no number is left
     */
    private MallocTypeInternal newType(Descriptor descriptor, Owner owner) {
        String name = String.valueOf(descriptor.name());
        String description = descriptor.description();
        int number = numbers.take();
        if (number == 0) {
            throw new KernelPanic(TypeMessages.tooManyTypes(owner.module()));
        }
        MallocTypeInternal type = new MallocTypeInternal(
                this,
                new MallocTypeInternal.Identity(number, name, description == null ? "" : description, owner),
                policy.classes(),
                policy.suspects().zoneBaseOf(name),
                statsFile == null ? null : statsFile.add(name));
        if (policy.watches.wants(type)) {
            type.watch(policy.watches);
        }
        return type;
    }
}
