package malloc9.kernel;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import malloc9.api.Malloc;
import malloc9.api.MallocType;
import malloc9.api.TypeAccounting;
import malloc9.api.raw.RawMalloc;
import malloc9.api.raw.RawMemory;
import malloc9.api.runtime.MallocOperator;
import malloc9.api.runtime.MallocRuntime;
import malloc9.api.runtime.ModuleId;
import malloc9.api.sysctl.Sysctl;
import malloc9.api.zone.Zones;
import malloc9.debug.memguard.GuardSettings;
import malloc9.debug.memguard.MemGuard;
import malloc9.malloc.MallocSubsystem;
import malloc9.malloc.statsfile.StatsFileOpener;
import malloc9.malloc.statsfile.StatsFile;
import malloc9.malloc.type.Descriptor;
import malloc9.malloc.type.Owner;
import malloc9.malloc.type.TypeOwners;
import malloc9.malloc.view.MallocTunables;
import malloc9.module.ModuleList;
import malloc9.sysctl.SysctlService;
import malloc9.sysctl.SysctlTree;
import malloc9.vm.KernelMap;
import malloc9.vm.LowMemory;
import malloc9.vm.PageSource;
import malloc9.vm.WaitClock;
import org.jspecify.annotations.Nullable;

/**
 * The kernel, booted and closed by one call each (init_main).
 *
 * <p>Without a framework, {@code try (Kernel kernel = Kernel.boot()) { … kernel.malloc() … }} is all there is to do:
 * each class that declares memory types is a module of its own, whose types are registered at their first use. In a
 * framework {@link KernelActivator} boots it.
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

    /** Boots a kernel without a framework; system properties are its tunables. */
    public static Kernel boot() {
        return boot(Tunables.from(System::getProperty));
    }

    /** Boots a kernel without a framework. */
    public static Kernel boot(Tunables tunables) {
        return boot(tunables, WaitClock.SYSTEM);
    }

    /** Boots a kernel without a framework whose requests wait on a clock of the caller's when there is no memory. */
    public static Kernel boot(Tunables tunables, WaitClock clock) {
        EmbeddedModules modules = new EmbeddedModules(kernelModule(new ModuleId("malloc9", "embedded", 0), ""));
        Kernel kernel = boot(tunables, modules, Console.standardOutput(), clock);
        modules.follow(kernel.subsystem);
        return kernel;
    }

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
        // Behind the kernel's own requests: the third of the drivers' fails, if the rate is 3.
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

    /** The owner of the kernel's own types. */
    static Owner kernelModule(ModuleId id, String file) {
        return new Owner(id, file);
    }

    /** malloc and free with segments. */
    public Malloc malloc() {
        return subsystem.malloc();
    }

    /** malloc and free with addresses. */
    public RawMalloc rawMalloc() {
        return subsystem.rawMalloc();
    }

    /** Access by address. */
    public RawMemory rawMemory() {
        return subsystem.rawMemory();
    }

    /** The statistics of types, for other allocators. */
    public TypeAccounting accounting() {
        return subsystem.accounting();
    }

    /** The operator's switches. */
    public MallocOperator operator() {
        return subsystem.operator();
    }

    /** Zones. */
    public Zones zones() {
        return subsystem.zones();
    }

    /** What there is to see. */
    public MallocRuntime runtime() {
        return runtime;
    }

    /** The knobs. */
    public Sysctl sysctl() {
        return sysctl;
    }

    /**
     * Says what of a boot environment could not be used.
     *
     * @param complaints what was found when it was read
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

    /** Prints a warning, and logs and keeps it. */
    void warn(String line) {
        journal.warn(Console.KERNEL, line);
    }

    /** The knobs of drivers, whose tunables are in that boot environment. */
    public DriverKnobs knobs(Function<String, @Nullable String> environment) {
        return new DriverKnobs(tree, journal, environment);
    }

    /** The event of low memory, for handlers. */
    public LowMemory lowMemory() {
        return subsystem.lowMemory();
    }

    MallocSubsystem subsystem() {
        return subsystem;
    }

    /** Revokes all segments, says so if there were any in use, and ends the kernel map. */
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

    private static List<Descriptor> ownTypes() {
        return Stream.of(MessageBuffer.M_MSGBUF, MessageBuffer.M_TEMP)
                .map(Kernel::descriptor)
                .toList();
    }

    static Descriptor descriptor(MallocType type) {
        return new Descriptor(type.name(), type.description(), type.magic(), MallocType.DESCRIPTOR_VERSION);
    }
}
