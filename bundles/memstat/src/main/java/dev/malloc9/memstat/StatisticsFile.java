package dev.malloc9.memstat;

import static dev.malloc9.memstat.MemstatError.DATAERROR;
import static dev.malloc9.memstat.MemstatError.VERSION;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A statistics file: the file in which a running kernel keeps the statistics of its types ({@code kern.malloc_stats_file}). It
 * remains when the process ends or is killed. It has a header, a directory of places, and a stream of types whose records are these
 * places.
 *
 * <h2>Implementation note</h2>
 *
 * <p><b>Layout.</b> The layout is defined by the kernel's {@code dev.malloc9.malloc.statsfile.Layout}. The byte order is that of the
 * machine that wrote the file, and is recognized by the version:
 *
 * <pre>
 *      0 | "malloc9s" | version u32 | state u32 | booted ms u64 | ended ms u64 |
 *     32 | pid u64 | OS page u64 | offset of the stream u64 | capacity u64 | types without a place u64 | 0 ...
 *   4096 | for each place u64: 0 if it is empty, else the rank of its type by registration
 *      : | 0 0
 * stream | as {@link StatisticsStream}, its count that of the places ever used
 * </pre>
 *
 * <p><b>Invariants.</b> {@link #stream()} has only places that are in use, newest first. All offsets have been checked.
 *
 * <p><b>Cost.</b> The same as that of a stream.
 *
 * <p><b>Differs from BSD.</b> libmemstat reads crash dumps by the symbols of the kernel.
 */
final class StatisticsFile {

    private static final byte[] MAGIC = "malloc9s".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION_AT = 8;
    private static final int STATE_AT = 12;
    private static final int BOOTED_AT = 16;
    private static final int ENDED_AT = 24;
    private static final int PID_AT = 32;
    private static final int STREAM_AT = 48;
    private static final int CAPACITY_AT = 56;
    private static final int MISSED_AT = 64;
    private static final int DIRECTORY_AT = 4096;

    private static final int FILE_VERSION = 1;
    private static final int BEING_MADE = 0;
    private static final int ENDED_CLEANLY = 2;

    private static final int MAXCPUS = 32;
    private static final int PLACE_BYTES = MemoryType.MAXNAME + MAXCPUS * 64;

    /** The offset of the count in the stream's header. */
    private static final int COUNT_AT = 8;

    private static final long LOCK_AT = 1L << 40;

    /** The largest error of the start time that the OS reports for a process. */
    private static final Duration START_ERROR = Duration.ofSeconds(2);

    private final ByteBuffer bytes;
    private final int stream;
    private final int capacity;

    private StatisticsFile(ByteBuffer bytes, int stream, int capacity) {
        this.bytes = bytes;
        this.stream = stream;
        this.capacity = capacity;
    }

    /** Returns whether a file that begins with the given bytes is a statistics file. */
    static boolean begins(byte[] head) {
        return head.length >= MAGIC.length && Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /**
     * Checks the header of a file that {@link #begins} with the magic.
     *
     * @throws MemstatFailed VERSION for another version; DATAERROR if the file is cut or was never completed
     */
    static StatisticsFile of(byte[] data) {
        if (data.length < DIRECTORY_AT) {
            throw new MemstatFailed(DATAERROR, Messages.cutFile(data.length));
        }
        ByteBuffer bytes = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt(VERSION_AT) == Integer.reverseBytes(FILE_VERSION)) {
            bytes.order(ByteOrder.BIG_ENDIAN);
        }
        if (bytes.getInt(VERSION_AT) != FILE_VERSION) {
            throw new MemstatFailed(VERSION, Messages.fileVersion(bytes.getInt(VERSION_AT)));
        }
        if (bytes.getInt(STATE_AT) == BEING_MADE) {
            throw new MemstatFailed(DATAERROR, Messages.BEING_MADE);
        }
        long capacity = bytes.getLong(CAPACITY_AT);
        long stream = bytes.getLong(STREAM_AT);
        if (capacity < 0
                || capacity > data.length / PLACE_BYTES
                || stream < DIRECTORY_AT + capacity * Long.BYTES
                || stream > data.length - StatisticsStream.HEADER_BYTES - capacity * PLACE_BYTES) {
            throw new MemstatFailed(DATAERROR, Messages.wrongFile(data.length, stream, capacity));
        }
        return new StatisticsFile(bytes, (int) stream, (int) capacity);
    }

    /**
     * Returns the types of the file in the format of {@code kern.malloc_stats}, newest first.
     *
     * @throws MemstatFailed DATAERROR if more places are in use than exist, or two places have the same rank
     */
    byte[] stream() {
        int places = bytes.getInt(stream + COUNT_AT);
        if (places < 0 || places > capacity) {
            throw new MemstatFailed(DATAERROR, Messages.tooManyPlaces(Integer.toUnsignedLong(places), capacity));
        }
        SortedMap<Long, Integer> newestFirst = new TreeMap<>(Collections.reverseOrder());
        for (int place = 0; place < places; place++) {
            long rank = bytes.getLong(DIRECTORY_AT + place * Long.BYTES);
            if (rank != 0 && newestFirst.put(rank, place) != null) {
                throw new MemstatFailed(DATAERROR, Messages.sameRank(rank));
            }
        }
        byte[] types = new byte[StatisticsStream.HEADER_BYTES + newestFirst.size() * PLACE_BYTES];
        bytes.get(stream, types, 0, StatisticsStream.HEADER_BYTES);
        ByteBuffer.wrap(types).order(bytes.order()).putInt(COUNT_AT, newestFirst.size());
        int at = StatisticsStream.HEADER_BYTES;
        for (int place : newestFirst.values()) {
            bytes.get(stream + StatisticsStream.HEADER_BYTES + place * PLACE_BYTES, types, at, PLACE_BYTES);
            at += PLACE_BYTES;
        }
        return types;
    }

    /** Returns the process that wrote the file. The state of the file's lock is not considered. */
    Origin origin() {
        Instant booted = Instant.ofEpochMilli(bytes.getLong(BOOTED_AT));
        boolean clean = bytes.getInt(STATE_AT) == ENDED_CLEANLY;
        long pid = bytes.getLong(PID_AT);
        return new Origin(
                pid,
                booted,
                clean ? Instant.ofEpochMilli(bytes.getLong(ENDED_AT)) : null,
                !clean && lives(pid, booted),
                bytes.getLong(MISSED_AT));
    }

    private static boolean lives(long pid, Instant booted) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().startInstant())
                .filter(start -> !start.minus(START_ERROR).isAfter(booted))
                .isPresent();
    }

    /** Returns whether a kernel holds the lock of the file; false if the file is not a regular file or the file system has no locks. */
    static boolean isLocked(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.tryLock(LOCK_AT, 1, true) == null;
        } catch (OverlappingFileLockException inThisProcess) {
            return true;
        } catch (IOException noLocks) {
            return false;
        }
    }
}
