package dev.malloc9.kernel;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.TypeAccounting;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.raw.RawMemory;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.zone.Zones;
import dev.malloc9.debug.memguard.GuardSettings;
import dev.malloc9.debug.memguard.MemGuard;
import dev.malloc9.malloc.MallocSubsystem;
import dev.malloc9.malloc.statsfile.StatsFile;
import dev.malloc9.malloc.statsfile.StatsFileOpener;
import dev.malloc9.malloc.type.Descriptor;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.type.TypeOwners;
import dev.malloc9.malloc.view.MallocTunables;
import dev.malloc9.module.ModuleList;
import dev.malloc9.sysctl.SysctlService;
import dev.malloc9.sysctl.SysctlTree;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.LowMemory;
import dev.malloc9.vm.PageSource;
import dev.malloc9.vm.WaitClock;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The kernel: boots with one call and closes with another (init_main).
 *
 * <p>Without a framework, {@code try (Kernel kernel = Kernel.boot()) { … kernel.malloc() … }} is all the code that is needed. Each class
 * that declares memory types is then a module of its own, whose types are registered at their first use. In a framework,
 * {@link KernelActivator} boots the kernel.
 */
public final class Kernel implements AutoCloseable {

    private final MallocSubsystem subsystem;
    private final Journal journal;
    private final MallocRuntime runtime;
    private final SysctlTree tree;
    private final Sysctl sysctl;
    private final @Nullable StatsFile statsFile;
    private final Trimmer trimmer;
    private final ScanThread sweeper;

    private Kernel(
            MallocSubsystem subsystem,
            Journal journal,
            MallocRuntime runtime,
            SysctlTree tree,
            @Nullable StatsFile statsFile,
            long verifySeconds) {
        this.subsystem = subsystem;
        this.journal = journal;
        this.runtime = runtime;
        this.tree = tree;
        this.sysctl = new SysctlService(tree);
        this.statsFile = statsFile;
        this.trimmer = new Trimmer(subsystem, journal);
        this.sweeper = new ScanThread(subsystem.operator(), journal);
        sweeper.declare(tree);
        sweeper.interval(verifySeconds);
    }

    /**
     * Boots a kernel without a framework. The system properties are its boot environment.
     *
     * @throws dev.malloc9.vm.OsRefusal if the OS refuses the kernel map
     */
    public static Kernel boot() {
        return boot(Tunables.from(System::getProperty));
    }

    /** Boots a kernel without a framework. */
    public static Kernel boot(Tunables tunables) {
        return boot(tunables, WaitClock.SYSTEM);
    }

    /**
     * Boots a kernel without a framework.
     *
     * @param clock the clock that requests use to wait when there is no memory
     */
    public static Kernel boot(Tunables tunables, WaitClock clock) {
        EmbeddedModules modules = new EmbeddedModules(kernelModule(new ModuleId("malloc9", "embedded", 0), ""));
        Kernel kernel = boot(tunables, modules, Console.standardOutput(), clock);
        modules.follow(kernel.subsystem);
        return kernel;
    }

    /**
     * Boots a kernel: reserves the kernel map, creates the subsystem, registers the kernel's own types and applies the tunables. If the
     * registration or the message buffer throws a RuntimeException, the subsystem is shut down, and the exception is passed on.
     *
     * @param modules the modules, whose first owner is the kernel's own
     * @throws dev.malloc9.vm.OsRefusal if the OS refuses the kernel map
     */
    static <M extends TypeOwners & ModuleList> Kernel boot(
            Tunables tunables, M modules, Console console, WaitClock clock) {
        Journal journal = new Journal(console);
        PageSource pages = PageSource.reserve(tunables.kmem().size());
        KernelMap map = new KernelMap(pages, tunables.kmem().reserve());
        MallocTunables malloc = tunables.malloc();
        StatsFileOpener.Result statistics = StatsFileOpener.of(malloc.statsFile(), journal::complain);
        StatsFile statsFile = statistics.file();
        MemGuard guard = new MemGuard(tunables.guardSizes(), map.failPoints(), journal::note);
        MallocSubsystem subsystem = new MallocSubsystem(
                new MallocSubsystem.Resources(map, guard, clock, statsFile), modules, journal, malloc);
        tunables.sites().apply(subsystem.sites());
        SysctlTree tree = new SysctlTree();
        tunables.declare(tree, map, subsystem);
        try {
            subsystem.register(modules.owners().getFirst(), ownTypes());
            journal.keepIn(new MessageBuffer(subsystem.malloc()));
        } catch (RuntimeException e) {
            subsystem.shutdown();
            if (statsFile != null) {
                statsFile.close();
            }
            throw e;
        }
        journal.note("malloc9: kernel map of " + pages.size() + " bytes at 0x" + Long.toHexString(pages.base()));
        tunables.kmem().warnings().forEach(journal::complain);
        statistics.lines().forEach(statsFile == null ? journal::complain : journal::note);
        console.absences().forEach(journal::note);
        if (!PhysicalMemory.isKnown()) {
            journal.note(Messages.NO_MEMORY_SIZE);
        }
        if (!subsystem.withoutProbes().isEmpty()) {
            journal.note(subsystem.withoutProbes());
        }
        // The rate is set after the kernel's own requests: if it is 3, the third request of the drivers fails.
        subsystem.operator().failureRate(malloc.failureRate());
        subsystem.armour(tunables.armour());
        GuardSettings guarded = tunables.guard().settings();
        if (!guarded.equals(GuardSettings.STANDARD)) {
            subsystem.guard(settings -> guarded);
        }
        return new Kernel(
                subsystem,
                journal,
                new KernelRuntime(subsystem.statistics(), modules, journal),
                tree,
                statsFile,
                tunables.verifySeconds());
    }

    /**
     * Returns the owner of the kernel's own types.
     *
     * @param file the location that the kernel was loaded from; empty without a framework
     */
    static Owner kernelModule(ModuleId id, String file) {
        return new Owner(id, file);
    }

    /** Returns the service of malloc and free with segments. */
    public Malloc malloc() {
        return subsystem.malloc();
    }

    /** Returns the service of malloc and free with addresses. */
    public RawMalloc rawMalloc() {
        return subsystem.rawMalloc();
    }

    /** Returns the service for access by address. */
    public RawMemory rawMemory() {
        return subsystem.rawMemory();
    }

    /** Returns the service by which other allocators report to the statistics of types. */
    public TypeAccounting accounting() {
        return subsystem.accounting();
    }

    /** Returns the service with the operator's controls. */
    public MallocOperator operator() {
        return subsystem.operator();
    }

    /** Returns the service of zones. */
    public Zones zones() {
        return subsystem.zones();
    }

    /** Returns the service with the kernel's state, for views. */
    public MallocRuntime runtime() {
        return runtime;
    }

    /** Returns the service of the knobs. */
    public Sysctl sysctl() {
        return sysctl;
    }

    /**
     * Writes warnings about the boot environment to the journal: the given ones, the tunables that are not numbers, and the
     * invalid settings of the allocator and its checks.
     *
     * @param complaints the warnings from reading the boot environment
     * @param environment the boot environment
     */
    void complain(List<String> complaints, Function<String, @Nullable String> environment) {
        complaints.forEach(journal::complain);
        tree.ignored(environment)
                .forEach(knob ->
                        journal.complain(Messages.notANumber(knob, String.valueOf(environment.apply(knob.name())))));
        MallocTunables.complain(environment, journal::complain);
    }

    /** Writes warnings about the boot environment to the journal. */
    void complain(List<String> complaints) {
        complaints.forEach(journal::complain);
    }

    /** Prints a warning, logs it and keeps it in the message buffer. */
    void warn(String line) {
        journal.warn(Console.KERNEL, line);
    }

    /**
     * Returns a new, empty set of drivers' knobs for this kernel's tree.
     *
     * @param environment the boot environment, which contains the values of their tunables
     */
    public DriverKnobs knobs(Function<String, @Nullable String> environment) {
        return new DriverKnobs(tree, journal, environment);
    }

    /** Returns the event of low memory, at which handlers are registered. */
    public LowMemory lowMemory() {
        return subsystem.lowMemory();
    }

    /** Returns the malloc subsystem. */
    MallocSubsystem subsystem() {
        return subsystem;
    }

    /**
     * Closes the kernel: stops its threads, revokes all segments and ends the kernel map. If blocks of running modules were in use, a
     * warning is printed. If a segment cannot be revoked or a critical section is open, the kernel map stays.
     */
    @Override
    public void close() {
        trimmer.close();
        sweeper.close();
        journal.close();
        journal.stopped(subsystem.shutdown());
        if (statsFile != null) {
            statsFile.close();
        }
    }

    /** Returns the descriptors of the kernel's own types. */
    private static List<Descriptor> ownTypes() {
        return Stream.of(MessageBuffer.M_MSGBUF, MessageBuffer.M_TEMP)
                .map(Kernel::descriptor)
                .toList();
    }

    static Descriptor descriptor(MallocType type) {
        return new Descriptor(type.name(), type.description(), type.magic(), MallocType.DESCRIPTOR_VERSION);
    }
}
