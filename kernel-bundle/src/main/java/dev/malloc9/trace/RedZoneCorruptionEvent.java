package dev.malloc9.trace;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/** The JFR event of damaged memory: a write beside a block, or to a block after its free. */
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

    /**
     * A range of damaged bytes.
     *
     * @param address the block's address
     * @param offset the offset of the first damaged byte from the block's first byte; negative below the block
     * @param bytes the number of damaged bytes
     */
    record Damage(long address, long offset, long bytes) {}

    RedZoneCorruptionEvent(String kind, String type, String bundle, Damage damage, String message) {
        this.kind = kind;
        this.type = type;
        this.bundle = bundle;
        this.address = damage.address;
        this.offset = damage.offset;
        this.bytes = damage.bytes;
        this.message = message;
    }
}
