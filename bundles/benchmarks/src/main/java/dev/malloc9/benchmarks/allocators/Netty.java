package dev.malloc9.benchmarks.allocators;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;

/** The direct buffers of a Netty allocator. */
record Netty(ByteBufAllocator allocator) implements Blocks<ByteBuf> {

    @Override
    public ByteBuf malloc(int bytes) {
        return allocator.directBuffer(bytes, bytes);
    }

    @Override
    public ByteBuf zeroed(int bytes) {
        return allocator.directBuffer(bytes, bytes).setZero(0, bytes);
    }

    @Override
    public void touch(ByteBuf block, long value) {
        block.setLong(0, value);
    }

    @Override
    public void fill(ByteBuf block, int bytes) {
        block.setZero(0, bytes);
    }

    @Override
    public void free(ByteBuf block) {
        block.release();
    }

    /** Empties the calling thread's cache of the pooled allocator. The adaptive allocator has no such function, and nothing happens. */
    @Override
    public void trim() {
        if (allocator instanceof PooledByteBufAllocator pooled) {
            pooled.trimCurrentThreadCache();
        }
    }
}
