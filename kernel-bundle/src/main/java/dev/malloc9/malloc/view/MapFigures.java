package dev.malloc9.malloc.view;

import dev.malloc9.api.runtime.FreePages;
import dev.malloc9.api.runtime.KernelMapInfo;
import dev.malloc9.malloc.account.LastFailure;
import dev.malloc9.uma.Uma;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * The figures of the kernel map: its free space, the bytes in quarantine, and the time since the last malloc request with M_NOWAIT that
 * failed.
 */
public final class MapFigures {

    private final KernelMap map;
    private final LastFailure lastFailure;
    private final LongSupplier keptBytes;

    /**
     * Creates the figures.
     *
     * @param keptBytes supplies the number of bytes of stopped bundles and destroyed zones that cannot be reused yet
     */
    public MapFigures(Uma uma, LastFailure lastFailure, LongSupplier keptBytes) {
        this.map = uma.map();
        this.lastFailure = lastFailure;
        this.keptBytes = keptBytes;
    }

    KernelMapInfo info() {
        return new KernelMapInfo(map.size(), map.used(), map.largestHole(), keptBytes.getAsLong());
    }

    FreePages freePages() {
        return new FreePages(
                PageSource.PAGE, Arrays.stream(map.freeBlocks()).boxed().toList());
    }

    /**
     * Returns the whole seconds since a malloc request with M_NOWAIT failed, or since the boot if none has. Injected failures and refusals
     * at a limit of a type or module count.
     */
    long lastFail() {
        return lastFailure.seconds();
    }
}
