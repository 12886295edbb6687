package malloc9.benchmarks.allocators;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;

/** A Netty allocator's direct buffers. */
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

    /** The pooled allocator empties this thread's cache; the adaptive one cannot be asked. */
    @Override
    public void trim() {
        if (allocator instanceof PooledByteBufAllocator pooled) {
            pooled.trimCurrentThreadCache();
        }
    }
}
