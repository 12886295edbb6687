package malloc9.benchmarks.allocators;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** A Netty allocator's direct buffers. */
record Netty(ByteBufAllocator allocator) implements Blocks<ByteBuf> {

    @Override
    public ByteBuf malloc(int bytes) {
        return allocator.directBuffer(bytes, bytes);
    }

    @Override
    public void touch(ByteBuf block, long value) {
        block.setLong(0, value);
    }

    @Override
    public void free(ByteBuf block) {
        block.release();
    }
}
