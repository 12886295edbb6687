package malloc9.samples.holder;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/** Keeps the segment it was given last, whatever becomes of the giver. */
@ProviderType
public interface Holder {

    /** Keeps the segment in the place of the one before. */
    void keep(MemorySegment segment);
}
