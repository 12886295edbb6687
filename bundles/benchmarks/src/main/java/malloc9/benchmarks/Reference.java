package malloc9.benchmarks;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import malloc9.benchmarks.workloads.Workload;

/** The C allocators without Java, in a C program that does the same: what can be had at all on this machine. */
enum Reference {
    GLIBC("glibc in C", ""),
    JEMALLOC("jemalloc in C", "libjemalloc.so.2"),
    MIMALLOC("mimalloc in C", "libmimalloc.so.2");

    private static final Set<Workload> WORKLOADS = EnumSet.of(
            Workload.PAIR64,
            Workload.PAIR16K,
            Workload.ZERO1K,
            Workload.SET10K,
            Workload.SET100K,
            Workload.BURST64,
            Workload.BURST1K,
            Workload.CROSSFREE,
            Workload.MEMORY);

    private final String title;
    private final String preload;

    Reference(String title, String preload) {
        this.title = title;
        this.preload = preload;
    }

    /** What tables call it. */
    String title() {
        return title;
    }

    /** The allocator in that program. */
    Contender contender(Path program) {
        return new Contender(
                title,
                WORKLOADS::contains,
                (workload, sampling) -> Stream.concat(
                                Stream.of(program.toAbsolutePath().toString()),
                                Contender.arguments(workload, name().toLowerCase(Locale.ROOT), sampling).stream())
                        .toList(),
                preload.isEmpty() ? Map.of() : Map.of("LD_PRELOAD", preload));
    }
}
