package malloc9.trace;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/** Memory was written to beside a block, or after its free. */
@Name("malloc9.RedZoneCorruption")
@Label("Red Zone Corruption")
@Category("Kernel Malloc")
@Description("Memory was written to beside a block, or after its free")
@StackTrace(true)
@Registered(false)
final class RedZoneCorruptionEvent extends Event {

    @Label("Kind")
    final String kind;

    @Label("Type")
    final String type;

    @Label("Bundle")
    final String bundle;

    @Label("Address")
    @MemoryAddress
    final long address;

    @Label("Offset")
    final long offset;

    @Label("Bytes")
    @DataAmount
    final long bytes;

    @Label("Message")
    final String message;

    RedZoneCorruptionEvent(
            String kind, String type, String bundle, long address, long offset, long bytes, String message) {
        this.kind = kind;
        this.type = type;
        this.bundle = bundle;
        this.address = address;
        this.offset = offset;
        this.bytes = bytes;
        this.message = message;
    }
}
