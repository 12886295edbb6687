package dev.malloc9.benchmarks;

import dev.malloc9.benchmarks.allocators.AblatedKernel;
import dev.malloc9.benchmarks.allocators.Allocator;
import dev.malloc9.benchmarks.allocators.SafetyLevel;
import dev.malloc9.benchmarks.statistics.Accounting;
import dev.malloc9.benchmarks.workloads.Sampling;
import dev.malloc9.benchmarks.workloads.Workload;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A contender, which is a line in each table of a figure that it measures: an allocator in a JVM, malloc9 at a {@link SafetyLevel}, an
 * allocator in the C program, or an implementation of counters.
 *
 * @param title the name in tables
 * @param runs the workloads in which the contender takes part
 * @param command the command line of a process that measures one workload
 * @param environment the variables that are added to the environment of that process
 */
record Contender(
        String title,
        Predicate<Workload> runs,
        BiFunction<Workload, Sampling, List<String>> command,
        Map<String, String> environment) {

    private static final String CLASS_PATH = System.getProperty("java.class.path");
    private static final Set<Workload> PRICED = EnumSet.of(Workload.PAIR64, Workload.SET10K);

    /**
     * Returns all contenders in the order of the tables. The allocators of the C program are left out if the program is not executable.
     *
     * @param ablated the folder with the classes of {@link AblatedKernel}, in a folder for each safety level that leaves out parts
     */
    static List<Contender> all(Path program, Path ablated) {
        Stream<Reference> inC = Files.isExecutable(program) ? Arrays.stream(Reference.values()) : Stream.empty();
        return Stream.of(
                        Arrays.stream(Allocator.values()).map(Contender::of),
                        Arrays.stream(SafetyLevel.values()).map(price -> of(price, ablated)),
                        inC.map(reference -> reference.contender(program)),
                        Arrays.stream(Accounting.values()).map(Contender::of))
                .flatMap(contenders -> contenders)
                .toList();
    }

    static Contender of(Allocator allocator) {
        return new Contender(
                allocator.title(),
                workload -> !workload.isAblation(),
                (workload, sampling) -> jvm(workload, sampling, allocator.name(), allocator.jvmArguments()),
                allocator.environment());
    }

    static Contender of(SafetyLevel price, Path ablated) {
        String classPath = price.ablations().isEmpty()
                ? CLASS_PATH
                : ablated.resolve(price.name()) + File.pathSeparator + CLASS_PATH;
        return new Contender(
                price.title(),
                PRICED::contains,
                (workload, sampling) ->
                        jvm(workload, sampling, Allocator.ADDRESSES.name(), price.jvmArguments(), classPath),
                Map.of());
    }

    static Contender of(Accounting accounting) {
        return new Contender(
                accounting.title(),
                Workload::isAblation,
                (workload, sampling) -> jvm(workload, sampling, accounting.name(), List.of()),
                Map.of());
    }

    /** Returns true for malloc9 in every configuration: segments, addresses and the safety levels. */
    boolean isMalloc9() {
        return title.startsWith("malloc9 ");
    }

    /** Returns true for mimalloc, in the JVM and in C. The spread of such a contender shows how much the machine varied ({@link Goals}). */
    boolean isControl() {
        return title.equals(Allocator.MIMALLOC.title()) || title.equals(Reference.MIMALLOC.title());
    }

    /** Returns the last arguments of a process. A JVM and the C program take them in the same order. */
    static List<String> arguments(Workload workload, String name, Sampling sampling) {
        return List.of(
                workload.title(),
                name,
                Long.toString(sampling.warmUpMillis()),
                Integer.toString(sampling.slices()),
                Integer.toString(sampling.memoryMegabytes()));
    }

    private static List<String> jvm(Workload workload, Sampling sampling, String name, List<String> jvmArguments) {
        return jvm(workload, sampling, name, jvmArguments, CLASS_PATH);
    }

    private static List<String> jvm(
            Workload workload, Sampling sampling, String name, List<String> jvmArguments, String classPath) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(jvmArguments);
        command.addAll(workload.jvmArguments());
        command.addAll(List.of("-cp", classPath, Fork.class.getName()));
        command.addAll(arguments(workload, name, sampling));
        return command;
    }
}
