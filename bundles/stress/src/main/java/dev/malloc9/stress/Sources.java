package dev.malloc9.stress;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.zone.Zone;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The sources that stay for the whole run. */
final class Sources {

    private Sources() {}

    /** A memory type whose blocks are segments. */
    record Segments(Malloc malloc, MallocType type) implements Source {

        @Override
        public String name() {
            return "segments of " + type.name();
        }

        /**
         * {@inheritDoc} Passes the usual flags as constants, as drivers do, so that the request takes the shortest way through the kernel.
         */
        @Override
        public @Nullable MemorySegment allocate(long size, long flags) {
            if (flags == M_WAITOK) {
                return malloc.malloc(size, type, M_WAITOK);
            }
            return flags == M_NOWAIT ? malloc.malloc(size, type, M_NOWAIT) : malloc.malloc(size, type, flags);
        }

        @Override
        public boolean free(MemorySegment bytes) {
            malloc.free(bytes, type);
            return true;
        }

        @Override
        public MemorySegment resize(MemorySegment bytes, long size) {
            return malloc.realloc(bytes, size, type, M_WAITOK);
        }

        @Override
        public long usable(MemorySegment bytes) {
            return malloc.usableSize(bytes, type);
        }
    }

    /** A memory type whose blocks are addresses. */
    record Addresses(RawMalloc malloc, MallocType type) implements Source {

        @Override
        public String name() {
            return "addresses of " + type.name();
        }

        @Override
        public @Nullable MemorySegment allocate(long size, long flags) {
            long address = malloc.malloc(size, type, flags);
            return address == 0 ? null : view(address, size);
        }

        @Override
        public boolean free(MemorySegment bytes) {
            malloc.free(bytes.address(), type);
            return true;
        }

        @Override
        public MemorySegment resize(MemorySegment bytes, long size) {
            return view(malloc.realloc(bytes.address(), size, type, M_WAITOK), size);
        }

        @Override
        public long usable(MemorySegment bytes) {
            return malloc.usableSize(bytes.address(), type);
        }

        private static MemorySegment view(long address, long size) {
            return MemorySegment.ofAddress(address).reinterpret(size);
        }
    }

    /** A zone, whose items all have one size. */
    record Items(Zone zone) implements Source {

        @Override
        public String name() {
            return "zone " + zone.name();
        }

        @Override
        public @Nullable MemorySegment allocate(long size, long flags) {
            return zone.zalloc(flags);
        }

        @Override
        public boolean free(MemorySegment bytes) {
            zone.zfree(bytes);
            return true;
        }

        @Override
        public MemorySegment resize(MemorySegment bytes, long size) {
            return bytes;
        }

        @Override
        public long usable(MemorySegment bytes) {
            return zone.size();
        }
    }
}
