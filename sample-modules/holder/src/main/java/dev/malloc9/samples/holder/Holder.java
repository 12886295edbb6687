package dev.malloc9.samples.holder;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/** A holder that keeps the segment that it was given last, even after the giver was unloaded. */
@ProviderType
public interface Holder {

    /** Keeps a segment, and forgets the one before. */
    void keep(MemorySegment segment);
}
