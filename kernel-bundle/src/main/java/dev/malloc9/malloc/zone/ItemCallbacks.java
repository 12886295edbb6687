package dev.malloc9.malloc.zone;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.zone.ItemFailed;
import dev.malloc9.api.zone.ZoneFini;
import dev.malloc9.api.zone.ZoneInit;
import dev.malloc9.malloc.type.Events;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.uma.ItemInit;
import dev.malloc9.uma.Slab;
import dev.malloc9.vm.FailPoints;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The init and fini callbacks of a driver, in the form that UMA calls. An item is passed to them as a segment. If init returns an errno
 * other than 0, an {@link ItemFailed} is thrown; an exception of init is passed on. An exception of fini becomes a report.
 *
 * @param type a type of the zone's owner, which is also the owner of the segments
 * @param zone the name of the zone
 * @param size the size of an item in bytes, as the driver requested it
 * @param base the address of the first byte of the kernel map
 * @param events takes the reports of exceptions and of late callbacks
 * @param failPoints the fail points, which may make an init fail
 * @param init the driver's init, or null
 * @param fini the driver's fini, or null
 * @param initName the name of init in messages
 * @param finiName the name of fini in messages
 * @param finis the number of calls of fini that have not returned
 */
record ItemCallbacks(
        MallocTypeInternal type,
        String zone,
        long size,
        long base,
        Events events,
        FailPoints failPoints,
        @Nullable ZoneInit init,
        @Nullable ZoneFini fini,
        String initName,
        String finiName,
        AtomicInteger finis)
        implements ItemInit {

    /** The errno (ENOMEM) that an init or a constructor returns if its failure is injected. */
    static final int ENOMEM = 12;

    @Override
    public void init(int item, long flags) {
        if (init != null) {
            int errno =
                    failPoints.fails(FailPoints.Step.INIT) ? ENOMEM : init.init(type.view(address(item), size), flags);
            if (errno != 0) {
                throw new ItemFailed(ZoneMessages.refused(initName, zone, errno), errno);
            }
        }
    }

    /**
     * Calls the driver's fini. The code of a stopped module is not called any more. An exception of fini is reported as a panic of the
     * module and is not thrown further: the calling thread may belong to any other module.
     */
    @Override
    public void fini(int item) {
        if (fini != null && type.alive()) {
            finis.incrementAndGet();
            try {
                fini.fini(type.view(address(item), size));
            } catch (RuntimeException | Error thrown) {
                KernelPanic panic =
                        new KernelPanic(ZoneMessages.finiThrew(finiName, zone, type.owner.module(), thrown));
                panic.initCause(thrown);
                events.panicked(type.owner.module(), panic);
            } finally {
                finis.decrementAndGet();
            }
        }
    }

    @Override
    public boolean callsDriver() {
        return fini != null && type.alive();
    }

    @Override
    public void tellLate() {
        if (finis.get() > 0) {
            events.callbackLate(type.owner.module(), zone, finiName);
        }
    }

    private long address(int item) {
        return base + Slab.offsetOf(item);
    }
}
