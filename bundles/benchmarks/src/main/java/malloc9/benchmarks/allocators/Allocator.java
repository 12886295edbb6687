package malloc9.benchmarks.allocators;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import malloc9.kernel.Kernel;

/** The allocators, in the order of the table, and what each needs to show its best. */
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

    /** What tables call it. */
    public String title() {
        return title;
    }

    /**
     * Opens it; once in a JVM.
     *
     * @throws Unavailable if it is not there on this machine
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

    /** Arguments of its JVMs. */
    public List<String> jvmArguments() {
        return switch (this) {
            // Netty is slower without Unsafe and with its leak detector, and holds several times what is live.
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

    /** Variables of its JVMs. */
    public Map<String, String> environment() {
        return switch (this) {
            // It keeps thread-local state that a library loaded late has no room for otherwise.
            case JEMALLOC -> Map.of("GLIBC_TUNABLES", "glibc.rtld.optional_static_tls=8192");
            default -> Map.of();
        };
    }

    /** The threads that it is fastest in. */
    public ThreadFactory threads() {
        return switch (this) {
            case NETTY_POOLED, NETTY_ADAPTIVE -> FastThreadLocalThread::new;
            default -> Thread::new;
        };
    }
}
