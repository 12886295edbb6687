package dev.malloc9.samples.ether;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.mbuf.MbufFlags.MJUM16BYTES;
import static dev.malloc9.mbuf.MbufFlags.MJUM9BYTES;
import static dev.malloc9.mbuf.MbufFlags.MJUMPAGESIZE;
import static dev.malloc9.mbuf.MbufFlags.MT_DATA;
import static dev.malloc9.mbuf.MbufFlags.M_PKTHDR;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocType;
import dev.malloc9.mbuf.Mbuf;
import dev.malloc9.mbuf.MbufFlags;
import dev.malloc9.mbuf.Mbufs;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A receive ring that holds the last 256 packets, each in the mbuf to which the device wrote it.
 *
 * <p>The consumer gets the mbuf's memory itself, not a copy. Any number of replays may share the ring: a frame is consumed under the
 * ring's monitor, before the next frame can be received.
 */
final class ReceiveRing implements AutoCloseable {

    static final int SLOTS = 256;

    private final Mbufs mbufs;
    private final Malloc malloc;
    private final MallocType type;
    private final Descriptors descriptors;

    /** The packets; null in an empty slot. Guarded by this ring's monitor, as the fields below. */
    private final @Nullable Mbuf[] slots = new Mbuf[SLOTS];

    private int next;
    private boolean closed;

    /** @param type the type of the descriptors, and of frames that are longer than any cluster */
    ReceiveRing(Mbufs mbufs, Malloc malloc, MallocType type) {
        this.mbufs = mbufs;
        this.malloc = malloc;
        this.type = type;
        this.descriptors = new Descriptors(malloc, type, SLOTS);
    }

    /**
     * Receives the current frame of a capture. The device writes it to a new mbuf in the slot of the oldest packet, and the consumer
     * is called with that memory.
     *
     * @throws IllegalStateException if the ring is closed, or there is no memory for the reference count of a frame above 16 KiB
     */
    synchronized void receive(Capture capture, Consumer<MemorySegment> input) {
        if (closed) {
            throw new IllegalStateException("ether was detached during the replay of " + capture.name());
        }
        int slot = next;
        next = (next + 1) % SLOTS;
        free(slot);
        int length = capture.frameLength();
        Mbuf packet = buffer(length);
        slots[slot] = packet;
        packet.length(length);
        packet.packetLength(length);
        MemorySegment frame = packet.mtod();
        descriptors.post(slot, frame);
        capture.copyFrameTo(frame);
        descriptors.done(slot, length);
        input.accept(frame);
    }

    /** Returns the packet in a slot; null if the slot is empty. */
    synchronized @Nullable Mbuf packet(int slot) {
        return slots[slot];
    }

    /** Returns the descriptors that driver and device share. */
    Descriptors descriptors() {
        return descriptors;
    }

    /** Frees all packets. */
    synchronized void drain() {
        for (int slot = 0; slot < SLOTS; slot++) {
            free(slot);
        }
    }

    /** Frees all packets and the descriptors. Later frames are refused. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            drain();
            descriptors.close();
        }
    }

    /** Allocates an mbuf with contiguous room for the given number of bytes. */
    private Mbuf buffer(int length) {
        if (length <= MbufFlags.MCLBYTES) {
            return mbufs.getcl(M_WAITOK, MT_DATA, M_PKTHDR);
        }
        if (length <= MJUM16BYTES) {
            int size = length <= MJUMPAGESIZE ? MJUMPAGESIZE : length <= MJUM9BYTES ? MJUM9BYTES : MJUM16BYTES;
            return mbufs.getjcl(M_WAITOK, MT_DATA, M_PKTHDR, size);
        }
        return external(length);
    }

    private Mbuf external(int length) {
        Mbuf packet = mbufs.gethdr(M_WAITOK, MT_DATA);
        MemorySegment block = null;
        boolean attached = false;
        try {
            MemorySegment memory = malloc.malloc(length, type, M_WAITOK);
            block = memory;
            attached = mbufs.extadd(
                    packet, memory, (arg1, arg2) -> malloc.free(memory, type), null, null, 0, MbufFlags.EXT_NET_DRV);
        } finally {
            if (!attached) {
                mbufs.free(packet);
                malloc.free(block, type);
            }
        }
        if (!attached) {
            throw new IllegalStateException("ether: no memory for a frame of " + length + " bytes");
        }
        return packet;
    }

    private void free(int slot) {
        Mbuf packet = slots[slot];
        slots[slot] = null;
        mbufs.freem(packet);
    }
}
