package dev.malloc9.memstat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A list of memory types: malloc types before zones, each oldest first.
 *
 * <p>A reading replaces all figures of an allocator's types at once. A type that was in the list before stays the same object and
 * keeps its caller's fields. A type that the kernel has no longer leaves the list. Types of equal names are different types: the
 * oldest type of a name is matched with the type that was the oldest of that name before. A reading that fails changes nothing but
 * {@link #geterror()}.
 *
 * <p>A list belongs to one thread at a time.
 *
 * <p><b>Differs from BSD.</b> In libmemstat a vanished type stays forever. Types of equal names become one type when a list is read
 * again; zones of equal names do already when a list is first filled with both allocators' types. A failure empties the list.
 */
public final class MemoryTypeList implements Iterable<MemoryType> {

    private List<MemoryType> mallocTypes = List.of();
    private List<MemoryType> zones = List.of();
    private MemstatError error = MemstatError.UNDEFINED;
    private @Nullable Origin origin;

    private MemoryTypeList() {}

    /** {@return an empty list (memstat_mtl_alloc)} */
    public static MemoryTypeList alloc() {
        return new MemoryTypeList();
    }

    /** {@return the first type; null if the list is empty (memstat_mtl_first)} */
    public @Nullable MemoryType first() {
        return mallocTypes.isEmpty() ? (zones.isEmpty() ? null : zones.getFirst()) : mallocTypes.getFirst();
    }

    /**
     * {@return the type after the given one; null after the last one (memstat_mtl_next)} A type that has left the list keeps the successor
     * that it had.
     *
     * @param type a type that is or was in this list
     */
    public @Nullable MemoryType next(MemoryType type) {
        return type.next;
    }

    /**
     * {@return the oldest type of the given name; null if there is none (memstat_mtl_find)}
     *
     * @param allocator the allocator of the type; {@link Allocator#ANY} for any, malloc types first; UNKNOWN finds none
     * @param name the name as the stream has it, see {@link MemoryType#cut}
     */
    public @Nullable MemoryType find(Allocator allocator, String name) {
        return types(allocator).stream()
                .filter(type -> type.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /**
     * {@return an unmodifiable list of the present types of an allocator, oldest first} A later reading does not change this list, but
     * updates the figures of its types.
     *
     * @param allocator the allocator; {@link Allocator#ANY} for malloc types before zones, UNKNOWN for an empty list
     */
    public List<MemoryType> types(Allocator allocator) {
        return switch (allocator) {
            case MALLOC -> mallocTypes;
            case UMA -> zones;
            case ANY -> {
                List<MemoryType> all = new ArrayList<>(mallocTypes);
                all.addAll(zones);
                yield Collections.unmodifiableList(all);
            }
            case UNKNOWN -> List.of();
        };
    }

    /** Returns an iterator over the present types. A later reading does not add or remove any of them. */
    @Override
    public Iterator<MemoryType> iterator() {
        return types(Allocator.ANY).iterator();
    }

    /** Empties the list (memstat_mtl_free). The last error stays. */
    public void free() {
        origin = null;
        mallocTypes = List.of();
        zones = List.of();
    }

    /**
     * {@return the reason of the last reading that failed; {@link MemstatError#UNDEFINED} if none has failed (memstat_mtl_geterror)} An
     * IOException is not recorded.
     */
    public MemstatError geterror() {
        return error;
    }

    /**
     * Reads the malloc types and the zones of a running kernel (memstat_sysctl_all).
     *
     * @param knobs the access to the kernel's knobs
     * @throws MemstatFailed if one of them cannot be read; then the list has not changed
     */
    public void sysctlAll(Knobs knobs) {
        attempt(() -> {
            List<Sample> types = live(knobs, RecordKind.MALLOC);
            List<Sample> items = live(knobs, RecordKind.ZONE);
            origin = null;
            update(RecordKind.MALLOC, types);
            return update(RecordKind.ZONE, items);
        });
    }

    /**
     * Reads the malloc types of a running kernel (memstat_sysctl_malloc).
     *
     * @param knobs the access to the kernel's knobs
     * @throws MemstatFailed if they cannot be read; then the list has not changed
     */
    public void sysctlMalloc(Knobs knobs) {
        attempt(() -> {
            List<Sample> types = live(knobs, RecordKind.MALLOC);
            origin = null;
            return update(RecordKind.MALLOC, types);
        });
    }

    /**
     * Reads the zones of a running kernel (memstat_sysctl_uma).
     *
     * @param knobs the access to the kernel's knobs
     * @throws MemstatFailed if they cannot be read; then the list has not changed
     */
    public void sysctlUma(Knobs knobs) {
        attempt(() -> update(RecordKind.ZONE, live(knobs, RecordKind.ZONE)));
    }

    /**
     * {@return the process that wrote the statistics file of the last successful reading; null if there is none} It is null at first, after
     * a reading from another source, and after {@link #free()}. {@link #sysctlUma} does not change the origin, since a statistics file has
     * no zones.
     */
    public @Nullable Origin origin() {
        return origin;
    }

    /**
     * Reads a file like {@link #read(InputStream, Allocator)}. For a statistics file, also checks whether a kernel holds its lock.
     *
     * @param file the path of the file
     * @param allocator the expected allocator, as {@link #read(InputStream, Allocator)} takes it
     * @return the allocator of the records, as {@link #read(InputStream, Allocator)} returns it
     * @throws IOException if the file cannot be read
     */
    public Allocator read(Path file, Allocator allocator) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Allocator read = read(in, allocator);
            Origin whose = origin;
            if (whose != null) {
                origin = whose.locked(StatisticsFile.isLocked(file));
            }
            return read;
        }
    }

    /**
     * Reads a saved {@code kern.malloc_stats} or {@code vm.zone_stats}, or a statistics file, of any machine. The stream is not closed. A
     * stream that is longer than a correct one is not read to its end.
     *
     * @param in the stream
     * @param allocator the expected allocator; if it is {@link Allocator#ANY} or UNKNOWN, the length of the records decides
     * @return the allocator of the records; {@link Allocator#MALLOC} if the length decides and there are no records
     * @throws MemstatFailed if the bytes are not of the expected format, or too many; then the list has not changed
     * @throws IOException if the stream cannot be read; then the list has not changed
     */
    public Allocator read(InputStream in, Allocator allocator) throws IOException {
        byte[] bytes;
        Origin whose = null;
        try {
            byte[] head = in.readNBytes(StatisticsStream.HEADER_BYTES);
            if (StatisticsFile.begins(head)) {
                StatisticsFile file = StatisticsFile.of(readAll(head, in));
                bytes = file.stream();
                whose = file.origin();
            } else {
                bytes = StatisticsStream.readFrom(head, in);
            }
        } catch (MemstatFailed e) {
            error = e.error();
            throw e;
        }
        Allocator read = attempt(() -> {
            StatisticsStream stream = StatisticsStream.of(bytes);
            RecordKind kind = switch (allocator) {
                case MALLOC -> RecordKind.MALLOC;
                case UMA -> RecordKind.ZONE;
                case ANY, UNKNOWN -> stream.kind();
            };
            return update(kind, stream.samples(kind));
        });
        origin = whose;
        return read;
    }

    private static byte[] readAll(byte[] head, InputStream in) throws IOException {
        byte[] rest = in.readNBytes(StatisticsStream.MAX_BYTES - head.length + 1);
        if (head.length + rest.length > StatisticsStream.MAX_BYTES) {
            throw new MemstatFailed(MemstatError.NOMEMORY, Messages.tooLong(head.length + (long) rest.length));
        }
        byte[] all = Arrays.copyOf(head, head.length + rest.length);
        System.arraycopy(rest, 0, all, head.length, rest.length);
        return all;
    }

    private static List<Sample> live(Knobs knobs, RecordKind kind) {
        byte[] bytes = new LiveKernel(knobs).read(kind);
        return bytes.length == 0 ? List.of() : StatisticsStream.of(bytes).samples(kind);
    }

    private Allocator attempt(Supplier<Allocator> reading) {
        try {
            return reading.get();
        } catch (MemstatFailed e) {
            error = e.error();
            throw e;
        }
    }

    private Allocator update(RecordKind kind, List<Sample> samples) {
        Map<String, Deque<MemoryType>> known = new HashMap<>();
        for (MemoryType type : types(kind.allocator())) {
            known.computeIfAbsent(type.name(), name -> new ArrayDeque<>()).add(type);
        }
        List<MemoryType> updated = new ArrayList<>(samples.size());
        for (Sample sample : samples) {
            Deque<MemoryType> same = known.get(sample.name());
            MemoryType type = same == null ? null : same.poll();
            if (type == null) {
                type = new MemoryType(kind.allocator(), sample);
            } else {
                type.update(sample.figures());
            }
            updated.add(type);
        }
        switch (kind) {
            case MALLOC -> mallocTypes = Collections.unmodifiableList(updated);
            case ZONE -> zones = Collections.unmodifiableList(updated);
        }
        link();
        return kind.allocator();
    }

    private void link() {
        MemoryType following = null;
        for (MemoryType type : types(Allocator.ANY).reversed()) {
            type.next = following;
            following = type;
        }
    }
}
