package dev.malloc9.debug;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages of this layer. The texts of reports are FreeBSD's; a report of a damaged red zone also names the type and the module. */
public final class Messages {

    /** The text of redzone's panic. */
    public static final String STOPPING = "Stopping here.";

    private Messages() {}

    static String ignored(String tunable, String wanted, long value) {
        return "tunable " + tunable + " is ignored: not " + wanted + ": " + value;
    }

    static List<String> underflow(long corrupted, BlockRecord record, @Nullable Site freeing) {
        String line = "REDZONE: Buffer underflow detected. " + bytes(corrupted) + " corrupted before "
                + hex(record.address) + " (" + record.bytes + " bytes allocated) " + owner(record) + ".";
        return withTraces(line, record.allocated, freeing);
    }

    static List<String> overflow(long corrupted, BlockRecord record, @Nullable Site freeing) {
        String line = "REDZONE: Buffer overflow detected. " + bytes(corrupted) + " corrupted after "
                + hex(record.address + record.bytes) + " (" + record.bytes + " bytes allocated) " + owner(record) + ".";
        return withTraces(line, record.allocated, freeing);
    }

    static List<String> modifiedAfterFree(long item, long itemBytes, int value, long at, BlockRecord record) {
        String line = "Memory modified after free " + hex(item) + "(" + itemBytes + ") val="
                + Integer.toHexString(value) + " @ " + hex(at);
        List<String> lines = withTraces(line, record.allocated, record.freed());
        lines.add(1, "Most recently used by " + record.type);
        return lines;
    }

    /** Returns the lines that show the stacks of an allocation and a free in BSD's format. A stack that is null is left out. */
    public static List<String> traces(@Nullable Site allocated, @Nullable Site freed) {
        List<String> lines = new ArrayList<>();
        addTrace(lines, "Allocation backtrace:", allocated);
        addTrace(lines, "Free backtrace:", freed);
        return lines;
    }

    private static List<String> withTraces(String line, @Nullable Site allocated, @Nullable Site freed) {
        List<String> lines = traces(allocated, freed);
        lines.addFirst(line);
        return lines;
    }

    private static void addTrace(List<String> lines, String head, @Nullable Site site) {
        if (site != null) {
            lines.add(head);
            int number = 0;
            for (String frame : site.frames()) {
                lines.add("#" + number++ + " " + frame);
            }
        }
    }

    private static String owner(BlockRecord record) {
        return "of type '" + record.type + "' of " + record.module;
    }

    private static String bytes(long count) {
        return count + (count == 1 ? " byte" : " bytes");
    }

    private static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
