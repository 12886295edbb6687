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

    /**
     * Returns the buffers that the calling thread's cache has not needed since its last trim to the pooled allocator. Other buffers stay
     * cached. The adaptive allocator has no such function; the call has no effect.
     */
    @Override
    public void trim() {
        if (allocator instanceof PooledByteBufAllocator pooled) {
            pooled.trimCurrentThreadCache();
        }
    }
}
