package malloc9.samples.ether;

import static java.util.Objects.requireNonNull;

import malloc9.api.Malloc;
import malloc9.api.MallocDefine;
import malloc9.api.MallocType;
import malloc9.mbuf.Mbufs;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * A network driver without a network: what a capture file holds comes in through a receive ring, and is counted.
 *
 * <p>The mandatory references are all it takes to come and go with the kernel and the driver {@code mbuf}.
 */
@Component(service = EtherDriver.class, immediate = true)
public final class EtherDriver {

    @MallocDefine(name = "ether", description = "Descriptors of the receive ring")
    static final MallocType M_ETHER = MallocType.define();

    /** The capture that ships with the driver. */
    static final String SHIPPED_CAPTURE = "traffic.pcap";

    private final ReceiveRing ring;

    /** Attaches the driver to a kernel. */
    @Activate
    public EtherDriver(@Reference Mbufs mbufs, @Reference Malloc malloc) {
        ring = new ReceiveRing(mbufs, malloc, M_ETHER);
    }

    /** Detaches the driver: what the ring still holds is freed, and a replay under way ends with an exception. */
    @Deactivate
    public void detach() {
        ring.close();
    }

    /** Replays the capture that ships with the driver. */
    public Counts replay() {
        return replay(
                Capture.of(SHIPPED_CAPTURE, requireNonNull(EtherDriver.class.getResourceAsStream(SHIPPED_CAPTURE))));
    }

    /**
     * Replays a pcap or pcapng file, whose name is resolved against the JVM's working directory.
     *
     * @throws BadCapture if it is none, or cannot be read to its end; then the counts of the whole frames are printed
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

    /** Prints the counts of the frames before the error, where the command's output goes. */
    private static BadCapture told(BadCapture bad) {
        if (bad.before() != null) {
            System.out.println(bad.before());
        }
        return bad;
    }
}
