package dev.malloc9.samples.holder.command;

import dev.malloc9.samples.holder.Holder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import org.apache.felix.service.command.Descriptor;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/**
 * A holder that shows the result of using a segment after its owner was unloaded. {@code holder:read} reads the segment.
 *
 * <p>The component is immediate. A delayed component would be deactivated, and lose its segment, when no bundle uses the service.
 */
@Component(
        immediate = true,
        property = {"osgi.command.scope=holder", "osgi.command.function=read"})
public final class HolderCommand implements Holder {

    static final String NOTHING_KEPT = "nothing to read: no driver has given a segment";
    static final String NO_BYTES = "nothing to read: the segment has no bytes";
    static final String FIRST_BYTE = "first byte: %d";
    static final String REVOKED = "revoked: the segment's owner is gone, and its memory was taken back (%s)";

    /** The segment that was given last; null if there is none. Any thread may write and read it. */
    private volatile @Nullable MemorySegment kept;

    @Override
    public void keep(MemorySegment segment) {
        kept = segment;
    }

    /** Prints the first byte of the kept segment, or the reason why it cannot be read; {@code holder:read}. */
    @Descriptor("reads the first byte of the kept segment")
    public void read() {
        System.out.println(text());
    }

    String text() {
        MemorySegment segment = kept;
        if (segment == null) {
            return NOTHING_KEPT;
        }
        if (segment.byteSize() == 0) {
            return NO_BYTES;
        }
        try {
            return String.format(Locale.ROOT, FIRST_BYTE, segment.get(ValueLayout.JAVA_BYTE, 0));
        } catch (IllegalStateException e) {
            return String.format(Locale.ROOT, REVOKED, e.getMessage());
        }
    }
}
