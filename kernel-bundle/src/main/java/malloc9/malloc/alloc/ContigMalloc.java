package malloc9.malloc.alloc;

import static malloc9.api.MallocFlags.M_USE_RESERVE;
import static malloc9.api.MallocFlags.M_WAITOK;

import malloc9.api.InvalidRequest;
import malloc9.api.KernelMapExhausted;
import malloc9.malloc.block.RequestCheck;
import malloc9.malloc.refusal.Verdict;
import malloc9.malloc.type.MallocTypeInternal;
import malloc9.malloc.type.SlowPathPolicy;
import malloc9.uma.Slab;
import malloc9.uma.Uma;
import malloc9.vm.ContigRange;
import malloc9.vm.KmemWait;
import malloc9.vm.PageSource;
import malloc9.vm.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * Allocates "physically" contiguous memory (kern_malloc's contigmalloc, vm_contig): page runs whose place in the kernel
 * map obeys constraints. The physical address of a byte is its offset in the map.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: a block is a page run that may begin at any OS page; the rest of the units in which it begins and ends
 *       stays unused.
 *   <li>Concurrency: a look-up under the map's lock; the rest is a page run's.
 *   <li>Invariants: statistics count what was handed out only; a run whose type dies on the way goes back to the map.
 *   <li>Cost: linear in the number of holes, from the highest down.
 *   <li>Differs from BSD: the passes are a look at the holes, a reclaim of what is unused, and vm_lowmem, and reach the
 *       whole map instead of the range; who waits gets an error instead of NULL; contigfree looks at the size, which BSD
 *       trusts; free takes a block, too.
 * </ul>
 */
public final class ContigMalloc {

    private final SlowPath slow;
    private final Uma uma;
    private final KmemWait kmemWait;

    public ContigMalloc(SlowPath slow, Uma uma, KmemWait kmemWait) {
        this.slow = slow;
        this.uma = uma;
        this.kmemWait = kmemWait;
    }

    /** Allocates; 0 only with M_NOWAIT. */
    long malloc(long bytes, MallocTypeInternal type, long flags, ContigRange where, boolean raw) {
        StackRoom.forRequests();
        RequestCheck.checkFlags(flags, "contigmalloc");
        slow.requests.checkSize(bytes, type, "contigmalloc");
        check(bytes, where);
        type.types.fence(type, "contigmalloc");
        long pages = PageSource.roundUp(bytes, PageSource.PAGE);
        return slow.admission.under(type, bytes, pages, flags, watch -> search(pages, type, watch, flags, where, raw));
    }

    private long search(
            long pages, MallocTypeInternal type, @Nullable SlowPathPolicy watch, long flags, ContigRange where, boolean raw) {
        long address = attempt(pages, type, watch, flags, where, raw);
        if (address == 0 && slow.armoured.quarantine().letOut()) {
            address = attempt(pages, type, watch, flags, where, raw);
        }
        if (address == 0 && (flags & M_WAITOK) != 0) {
            uma.trim();
            address = attempt(pages, type, watch, flags, where, raw);
        }
        if (address == 0 && (flags & M_WAITOK) != 0) {
            kmemWait.reclaim();
            address = attempt(pages, type, watch, flags, where, raw);
        }
        if (address == 0 && (flags & M_WAITOK) != 0) {
            throw new KernelMapExhausted(
                    AllocMessages.noContiguous(pages, where, uma.map().used()));
        }
        return address;
    }

    /** Frees a block of that size; the caller's view spans {@code viewBytes}. */
    void free(long address, long bytes, MallocTypeInternal type, long viewBytes) {
        if (slow.guarded.owns(address)) {
            throw slow.guarded.notContiguous(address, type, viewBytes);
        }
        Slab run = slow.blocks.locate(address, type, viewBytes, "contigfree");
        if (!run.contiguous) {
            throw slow.refusals.block("contigfree", Verdict.NOT_CONTIGUOUS, type, address, bytes);
        }
        if (run.itemBytes != PageSource.roundUp(bytes, PageSource.PAGE)) {
            throw slow.refusals.block("contigfree", Verdict.OTHER_SIZE, type, address, bytes);
        }
        slow.free(address, type, viewBytes);
    }

    /** The physical address of an address of the map. */
    long physical(long address) {
        long offset = address - uma.map().base();
        if (Long.compareUnsigned(offset, uma.map().size()) >= 0) {
            throw new InvalidRequest(AllocMessages.outsideMap("vtophys", address));
        }
        return offset;
    }

    private long attempt(
            long pages, MallocTypeInternal type, @Nullable SlowPathPolicy watch, long flags, ContigRange where, boolean raw) {
        return slow.plain.handOut(
                uma.allocateContig(pages, where, (flags & M_USE_RESERVE) != 0), type, watch, flags, raw, null);
    }

    /** An alignment or a boundary of 0 is none. */
    private static void check(long bytes, ContigRange where) {
        if (bytes == 0) {
            throw new InvalidRequest(AllocMessages.CONTIG_NO_SIZE);
        }
        if ((where.alignment() & (where.alignment() - 1)) != 0) {
            throw new InvalidRequest(AllocMessages.contigNoPower("alignment", where.alignment()));
        }
        if ((where.boundary() & (where.boundary() - 1)) != 0) {
            throw new InvalidRequest(AllocMessages.contigNoPower("boundary", where.boundary()));
        }
    }
}
