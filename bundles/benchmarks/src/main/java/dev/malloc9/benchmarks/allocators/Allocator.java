package dev.malloc9.benchmarks.allocators;

import dev.malloc9.kernel.Kernel;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;

/** The allocators that run in a JVM, in the order of the table, each with the settings with which it is fastest. */
public enum Allocator {
    SEGMENTS("malloc9 segments"),
    ADDRESSES("malloc9 addresses"),
    NETTY_POOLED("Netty Pooled"),
    NETTY_ADAPTIVE("Netty Adaptive"),
    CONFINED("Arena.ofConfined"),
    LIBC("libc critical"),
    JEMALLOC("jemalloc critical"),
    MIMALLOC("mimalloc critical");

    private final String title;

    Allocator(String title) {
        this.title = title;
    }

    /** Returns the name in tables. */
    public String title() {
        return title;
    }

    /**
     * Opens the allocator. Called once in a JVM.
     *
     * @throws Unavailable if the library of a C allocator cannot be loaded
     */
    @SuppressWarnings("resource") // the kernel lives as long as its JVM
    public Subject open() {
        return switch (this) {
            case SEGMENTS -> Malloc9.segments(Kernel.boot());
            case ADDRESSES -> Malloc9.addresses(Kernel.boot());
            case NETTY_POOLED -> new Netty(new PooledByteBufAllocator(true));
            case NETTY_ADAPTIVE -> new Netty(new AdaptiveByteBufAllocator(true));
            case CONFINED -> new Confined();
            case LIBC -> Native.load(Library.LIBC);
            case JEMALLOC -> Native.load(Library.JEMALLOC);
            case MIMALLOC -> Native.load(Library.MIMALLOC);
        };
    }

    /** Returns the arguments that the allocator's JVMs need in addition. */
    public List<String> jvmArguments() {
        return switch (this) {
            // Netty is slower without Unsafe and with its leak detector. It may hold several times the bytes that are
            // live, hence the large limit of direct memory.
            case NETTY_POOLED, NETTY_ADAPTIVE ->
                List.of(
                        "--sun-misc-unsafe-memory-access=allow",
                        "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "-Dio.netty.noUnsafe=false",
                        "-Dio.netty.tryReflectionSetAccessible=true",
                        "-Dio.netty.leakDetection.level=disabled",
                        "-XX:MaxDirectMemorySize=8g");
            default -> List.of();
        };
    }

    /** Returns the variables that are added to the environment of the allocator's JVMs. */
    public Map<String, String> environment() {
        return switch (this) {
            // jemalloc keeps thread-local state. Without this setting there is no room for it in a library that is
            // loaded late.
            case JEMALLOC -> Map.of("GLIBC_TUNABLES", "glibc.rtld.optional_static_tls=8192");
            default -> Map.of();
        };
    }

    /** Returns the factory of the threads in which the allocator is fastest. */
    public ThreadFactory threads() {
        return switch (this) {
            case NETTY_POOLED, NETTY_ADAPTIVE -> FastThreadLocalThread::new;
            default -> Thread::new;
        };
    }
}
