package malloc9.malloc.zone;

import java.util.concurrent.atomic.AtomicInteger;
import malloc9.api.KernelPanic;
import malloc9.api.zone.ItemFailed;
import malloc9.api.zone.ZoneFini;
import malloc9.api.zone.ZoneInit;
import malloc9.malloc.type.Events;
import malloc9.malloc.type.MallocTypeInternal;
import malloc9.uma.ItemInit;
import malloc9.uma.Slab;
import malloc9.vm.FailPoints;
import org.jspecify.annotations.Nullable;

/**
 * A driver's init and fini, as the layer below calls them: with items for segments, and errors as they are to go on.
 *
 * @param type whose segments they get
 * @param zone its name
 * @param size bytes of an item
 * @param base of the kernel map
 * @param failPoints may make an init fail
 * @param initName what init is called in messages
 * @param finiName what fini is called in messages
 * @param finis the number of calls of fini that go on
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

    /** What an init returns that finds no memory. */
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

    /** A stopped module's code is not called any more. What it throws goes to the journal: whose call this is, is chance. */
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
        return base + (Integer.toUnsignedLong(item) << Slab.GRANULE_SHIFT);
    }
}
