package dev.malloc9.malloc.alloc;

import static dev.malloc9.api.MallocFlags.M_USE_RESERVE;
import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.malloc.block.InternalFlags;
import dev.malloc9.malloc.block.RequestCheck;
import dev.malloc9.malloc.refusal.Verdict;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.SlowPathPolicy;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;
import dev.malloc9.vm.ContigRange;
import dev.malloc9.vm.KmemWait;
import dev.malloc9.vm.PageSource;
import dev.malloc9.vm.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * The allocator of "physically" contiguous memory (kern_malloc's contigmalloc, vm_contig): page runs with constraints on their place in the
 * kernel map. The physical address of a byte is its offset in the map.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: a block is a page run that may begin at any OS page. The rest of the units in which it begins and ends stays unused.
 *   <li>Concurrency: the search for a hole holds the map's lock. The other steps are the same as for a page run
 *       ({@code PlainBlocks.handOut}).
 *   <li>Invariants: the statistics count only blocks that were handed out. If the type is unregistered before that, the run is released.
 *   <li>Cost: linear in the number of holes, from the highest down.
 *   <li>Differs from BSD: looks for a hole, then empties the quarantine; with M_WAITOK then trims UMA, then raises vm_lowmem and reclaims.
 *       Looks again after each step. Reclaiming covers the whole map, not the requested range. If no hole is found, a request with M_WAITOK
 *       gets an error instead of NULL; it does not wait for address space. contigfree checks the size, which BSD trusts. free accepts a
 *       contiguous block, too.
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

    /**
     * Allocates a contiguous block; returns 0 only with M_NOWAIT. The block is neither guarded nor armoured at any level of the type.
     *
     * @param bytes the size in bytes, more than 0; charged in whole OS pages
     * @param where the constraints on the place
     * @param raw whether the block is handed out by address
     * @throws InvalidRequest if the size, the flags, the alignment or the boundary are invalid, or an M_WAITOK request exceeds a hard limit
     * @throws KernelMapExhausted if an M_WAITOK request finds no hole after all steps
     * @throws dev.malloc9.api.InterruptedRequest if the thread is interrupted while it waits at a limit
     * @throws dev.malloc9.api.UnregisteredType if the owner of the type has stopped
     */
    long malloc(long bytes, MallocTypeInternal type, long flags, ContigRange where, boolean raw) {
        StackRoom.forRequests();
        RequestCheck.checkFlags(flags, "contigmalloc");
        slow.requests.checkSize(bytes, type, "contigmalloc");
        check(bytes, where);
        type.types.fence(type, "contigmalloc");
        long pages = PageSource.roundUp(bytes, PageSource.PAGE);
        long request = InternalFlags.of(flags, raw);
        return slow.admission.under(type, bytes, pages, request, watch -> search(pages, type, watch, request, where));
    }

    private long search(
            long pages, MallocTypeInternal type, @Nullable SlowPathPolicy watch, long flags, ContigRange where) {
        long address = attempt(pages, type, watch, flags, where);
        if (address == 0 && slow.armoured.quarantine().letOut()) {
            address = attempt(pages, type, watch, flags, where);
        }
        if (address == 0 && (flags & M_WAITOK) != 0) {
            uma.trim();
            address = attempt(pages, type, watch, flags, where);
        }
        if (address == 0 && (flags & M_WAITOK) != 0) {
            kmemWait.reclaim();
            address = attempt(pages, type, watch, flags, where);
        }
        if (address == 0 && (flags & M_WAITOK) != 0) {
            throw new KernelMapExhausted(
                    AllocMessages.noContiguous(pages, where, uma.map().used()));
        }
        return address;
    }

    /**
     * Frees a contiguous block after a check of its size.
     *
     * @param bytes the size in bytes that the caller claims; compared after rounding up to whole OS pages
     * @param viewBytes the length of the caller's view in bytes, or Refusals.NO_VIEW
     * @throws dev.malloc9.api.InvalidFree if no block of the type starts at the address, or the view is longer than the block. Also if the
     *     block is not contiguous or has another size.
     * @throws dev.malloc9.api.UnregisteredType if the owner of the type has stopped
     */
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

    /**
     * Returns the physical address of an address: its offset in the kernel map, whether or not it is allocated.
     *
     * @throws InvalidRequest if the address lies outside the kernel map
     */
    long physical(long address) {
        long offset = address - uma.map().base();
        if (Long.compareUnsigned(offset, uma.map().size()) >= 0) {
            throw new InvalidRequest(AllocMessages.outsideMap("vtophys", address));
        }
        return offset;
    }

    private long attempt(
            long pages, MallocTypeInternal type, @Nullable SlowPathPolicy watch, long flags, ContigRange where) {
        return slow.plain.handOut(
                uma.allocateContig(pages, where, (flags & M_USE_RESERVE) != 0), type, watch, flags, null);
    }

    /** Rejects a size of 0, and an alignment or a boundary that is no power of two. An alignment or a boundary of 0 is no constraint. */
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
