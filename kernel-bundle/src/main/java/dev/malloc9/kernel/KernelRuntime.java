package dev.malloc9.kernel;

import dev.malloc9.api.runtime.AddressInfo;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.FreePages;
import dev.malloc9.api.runtime.KernelMapInfo;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.ModuleInfo;
import dev.malloc9.api.runtime.Outstanding;
import dev.malloc9.api.runtime.PanicRecord;
import dev.malloc9.api.runtime.Snapshot;
import dev.malloc9.api.runtime.SuspectsInfo;
import dev.malloc9.api.runtime.TypeFigures;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.malloc.view.Statistics;
import dev.malloc9.module.ModuleList;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The service that all views read the kernel's state from: the statistics of the subsystem, the list of modules and the journal. */
final class KernelRuntime implements MallocRuntime {

    private final Statistics statistics;
    private final ModuleList modules;
    private final Journal journal;

    KernelRuntime(Statistics statistics, ModuleList modules, Journal journal) {
        this.statistics = statistics;
        this.modules = modules;
        this.journal = journal;
    }

    @Override
    public List<TypeStats> types() {
        return statistics.typeStats();
    }

    @Override
    public @Nullable TypeStats type(String name) {
        return statistics.typeStats(name);
    }

    @Override
    public long lastFail() {
        return statistics.lastFail();
    }

    @Override
    public List<ZoneStats> zones() {
        return statistics.zoneStats();
    }

    @Override
    public List<ModuleInfo> modules() {
        return statistics.modules(modules.owners());
    }

    @Override
    public boolean awaitRevoked(long bundleId, Duration timeout) throws InterruptedException {
        return modules.awaitRevoked(bundleId, TimeUnit.NANOSECONDS.convert(timeout));
    }

    @Override
    public List<LeakReport> leaks() {
        return journal.leaks();
    }

    @Override
    public Outstanding outstanding() {
        return statistics.outstanding();
    }

    @Override
    public Outstanding outstanding(ModuleId owner) {
        return statistics.outstanding(owner);
    }

    @Override
    public AddressInfo whatis(long address) {
        return statistics.whatis(address);
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
        return statistics.suspects();
    }

    @Override
    public List<String> messages() {
        return journal.messages();
    }

    @Override
    public KernelMapInfo kernelMap() {
        return statistics.kernelMap();
    }

    @Override
    public FreePages freePages() {
        return statistics.freePages();
    }

    @Override
    public Snapshot snapshot() {
        return statistics.snapshot();
    }

    @Override
    public void show(TypeFigures consumer) {
        statistics.show(consumer);
    }
}
