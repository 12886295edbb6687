package malloc9.malloc.type;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import malloc9.api.InvalidRequest;
import malloc9.api.KernelPanic;
import malloc9.api.MallocType;
import malloc9.api.UnregisteredType;
import malloc9.api.raw.GuardHit;
import malloc9.api.runtime.SuspectsInfo;
import malloc9.debug.memguard.MemGuard;
import malloc9.malloc.account.Generation;
import malloc9.malloc.account.SizeClasses;
import malloc9.malloc.account.Tags;
import malloc9.malloc.statsfile.StatsFile;
import malloc9.uma.Gates;
import malloc9.vm.FailPoints;
import malloc9.vm.KernelLock;
import org.jspecify.annotations.Nullable;

/**
 * The registry of memory types (kmemstatistics, malloc_mtx).
 *
 * <p>Names may repeat: two versions of a driver run side by side, and a type is told by owner and name. Readers take
 * the list as it stands; it is replaced, never changed.
 */
public final class MallocTypes implements Gates {

    private final TypeOwners owners;
    private final Events events;
    private final Policy policy;

    /** Whose blocks are not slices of their owner's everything. */
    public final MemGuard guard;

    /** Where the types' statistics outlive the process, or null. */
    private final @Nullable StatsFile statsFile;

    private final FailPoints failPoints;

    /** Numbers the changes of the list, and of the zones'. */
    public final Generation generation = new Generation();

    private final KernelLock lock = new KernelLock();

    /** Replaced under lock. */
    private volatile TypeList list;

    /** The numbers of types and zones. */
    public final TagNumbers numbers = new TagNumbers();

    /** Whether all types take the slow path. Guarded by lock. */
    private boolean paused;

    /** Whether the kernel has stopped. Written under lock. */
    private volatile boolean closed;

    /**
     * The rules by which a new type is made.
     *
     * @param zones the number of malloc's zones
     */
    public record Policy(SizeClasses classes, int zones, Suspects suspects, KernelPolicy watches) {}

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

    /** All types, oldest first. */
    public List<MallocTypeInternal> registered() {
        return list.registered;
    }

    /** Returns the types that all damage found so far may be the work of. */
    public SuspectsInfo suspects() {
        return policy.suspects.info(registered());
    }

    /** All types, and the requests of former ones, of one instant. */
    public TypeList list() {
        return list;
    }

    /**
     * Registers all types of an owner, or none (malloc_init).
     *
     * @throws KernelPanic if a descriptor is garbage; nothing was changed, and the panic was told
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
     * Takes an owner's types off the list: from now on their descriptors mean nothing.
     *
     * @throws KernelPanic if they were taken off before, but not by the kernel's stop; nothing was changed, and the panic was told
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
                owner.retired = type.name;
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

    /** A type that the owner had until it was retired, or null. */
    private @Nullable String lastOfRetired(Owner owner) {
        lock.lock();
        try {
            return owner.retired;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes the fast path of every type that is to be watched, opens that of every other.
     *
     * @return those whose fast path was closed now
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

    /** Whether the kernel has stopped. */
    public boolean closed() {
        return closed;
    }

    /** Takes all types off the list; from now on none is registered. */
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

    /** Lets the numbers of retired types be used again, once no block and no counter carries them. */
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
     * The registered type behind a descriptor.
     *
     * @param function who asks, for the error's text
     */
    public MallocTypeInternal bind(@Nullable MallocType type, String function) {
        if (type == null) {
            throw new InvalidRequest(TypeMessages.noType(function));
        }
        return type.handle() instanceof MallocTypeInternal known && known.types == this
                ? known
                : bindSlow(type, function);
    }

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

    /** Delivers what the thread has coming of a touch of a hole, before anything of the kernel changes. */
    public void fence(MallocTypeInternal type, String function) {
        try {
            guard.fence(function);
        } catch (GuardHit hit) {
            events.panicked(type.owner.module(), hit);
            throw hit;
        }
    }

    /** Whether all blocks of a type are to be guarded. */
    boolean isGuarded(MallocTypeInternal type) {
        return policy.watches.isGuarded(type);
    }

    /** The live type of that tag, or null. */
    @Nullable
    public MallocTypeInternal ofTag(int tag) {
        for (MallocTypeInternal type : registered()) {
            if (Tags.isOf(tag, type.number)) {
                return type;
            }
        }
        return null;
    }

    /** Returns the names of all types and zones, by their numbers. */
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

    /** All of an owner's types, or none and no trace of them. */
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

    private void unmake(MallocTypeInternal type) {
        numbers.give(type.number);
        type.owner.forget(type.reservation);
        if (statsFile != null && type.record != null) {
            statsFile.remove(type.record);
            statsFile.forget(type.record);
        }
    }

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
