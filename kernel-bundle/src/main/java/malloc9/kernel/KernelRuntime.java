package malloc9.kernel;

import java.util.List;
import malloc9.api.runtime.AddressInfo;
import malloc9.api.runtime.Damage;
import malloc9.api.runtime.FreePages;
import malloc9.api.runtime.KernelMapInfo;
import malloc9.api.runtime.LeakReport;
import malloc9.api.runtime.MallocRuntime;
import malloc9.api.runtime.ModuleId;
import malloc9.api.runtime.ModuleInfo;
import malloc9.api.runtime.Outstanding;
import malloc9.api.runtime.PanicRecord;
import malloc9.api.runtime.Snapshot;
import malloc9.api.runtime.SuspectsInfo;
import malloc9.api.runtime.TypeFigures;
import malloc9.api.runtime.TypeStats;
import malloc9.api.runtime.ZoneStats;
import malloc9.malloc.MallocSubsystem;
import malloc9.module.ModuleList;
import org.jspecify.annotations.Nullable;

/** The one service that views stand on. */
final class KernelRuntime implements MallocRuntime {

    private final MallocSubsystem subsystem;
    private final ModuleList modules;
    private final Journal journal;

    KernelRuntime(MallocSubsystem subsystem, ModuleList modules, Journal journal) {
        this.subsystem = subsystem;
        this.modules = modules;
        this.journal = journal;
    }

    @Override
    public List<TypeStats> types() {
        return subsystem.typeStats();
    }

    @Override
    public @Nullable TypeStats type(String name) {
        return subsystem.typeStats(name);
    }

    @Override
    public long lastFail() {
        return subsystem.lastFail();
    }

    @Override
    public List<ZoneStats> zones() {
        return subsystem.zoneStats();
    }

    @Override
    public List<ModuleInfo> modules() {
        return modules.owners().stream().map(subsystem::module).toList();
    }

    @Override
    public List<LeakReport> leaks() {
        return journal.leaks();
    }

    @Override
    public Outstanding outstanding() {
        return subsystem.outstanding();
    }

    @Override
    public Outstanding outstanding(ModuleId owner) {
        return subsystem.outstanding(owner);
    }

    @Override
    public AddressInfo whatis(long address) {
        return subsystem.whatis(address);
    }

    @Override
    public List<PanicRecord> panics() {
        return journal.panics();
    }

    @Override
    public List<Damage> damages() {
        return journal.damages();
    }

    @Override
    public SuspectsInfo suspects() {
        return subsystem.suspects();
    }

    @Override
    public List<String> messages() {
        return journal.messages();
    }

    @Override
    public KernelMapInfo kernelMap() {
        return subsystem.kernelMap();
    }

    @Override
    public FreePages freePages() {
        return subsystem.freePages();
    }

    @Override
    public Snapshot snapshot() {
        return subsystem.snapshot();
    }

    @Override
    public void show(TypeFigures consumer) {
        subsystem.show(consumer);
    }
}
