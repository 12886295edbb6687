package dev.malloc9.benchmarks;

import dev.malloc9.benchmarks.workloads.Workload;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The C allocators in a C program that runs some of the workloads without Java: the reference for the best times on this machine. */
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

    /** Returns the name in tables. */
    String title() {
        return title;
    }

    /** Returns the contender that runs this allocator in the C program, preloaded if it is not glibc's. */
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
