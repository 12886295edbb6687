package dev.malloc9.samples.ether;

import static java.util.Objects.requireNonNull;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.mbuf.Mbufs;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * A simulated network driver. The frames of a capture file are received through a receive ring and counted.
 *
 * <p>The component's mandatory references start and stop it together with the kernel and the driver {@code mbuf}.
 */
@Component(service = EtherDriver.class, immediate = true)
public final class EtherDriver {

    @MallocDefine(name = "ether", description = "Descriptors of the receive ring")
    static final MallocType M_ETHER = MallocType.define();

    /** The capture file that is part of the driver's bundle. */
    static final String SHIPPED_CAPTURE = "traffic.pcap";

    private final ReceiveRing ring;

    /** Attaches the driver to a kernel. */
    @Activate
    public EtherDriver(@Reference Mbufs mbufs, @Reference Malloc malloc) {
        ring = new ReceiveRing(mbufs, malloc, M_ETHER);
    }

    /** Detaches the driver. All packets of the ring are freed. A replay in progress throws IllegalStateException at its next frame. */
    @Deactivate
    public void detach() {
        ring.close();
    }

    /** Replays the capture that is part of the driver's bundle, and returns its counts. */
    public Counts replay() {
        return replay(
                Capture.of(SHIPPED_CAPTURE, requireNonNull(EtherDriver.class.getResourceAsStream(SHIPPED_CAPTURE))));
    }

    /**
     * Replays a pcap or pcapng file. A relative name is resolved against the JVM's working directory.
     *
     * @throws BadCapture if the file is not a capture or cannot be read to its end; then the counts of the complete frames, if any, are
     *     printed first
     */
    public Counts replay(String file) {
        try {
            return replay(Capture.open(file));
        } catch (BadCapture e) {
            throw told(e);
        }
    }

    private Counts replay(Capture capture) {
        FrameCounter counter = new FrameCounter();
        try (capture) {
            while (capture.next()) {
                ring.receive(capture, counter::count);
            }
        } catch (BadCapture e) {
            throw e.after(counter.counts(capture.skipped()));
        } finally {
            ring.drain();
        }
        return counter.counts(capture.skipped());
    }

    /** Prints the counts of the frames before the error, to the same stream as the command's output. */
    private static BadCapture told(BadCapture bad) {
        if (bad.before() != null) {
            System.out.println(bad.before());
        }
        return bad;
    }
}
