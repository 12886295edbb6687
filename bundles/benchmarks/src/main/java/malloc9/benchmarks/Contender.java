package malloc9.benchmarks;

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
import malloc9.benchmarks.allocators.Allocator;
import malloc9.benchmarks.allocators.SafetyLevel;
import malloc9.benchmarks.statistics.Accounting;
import malloc9.benchmarks.workloads.Sampling;
import malloc9.benchmarks.workloads.Workload;

/**
 * Who is measured, a line in each table: an allocator in a JVM, one in the C program, or a way to count.
 *
 * @param title what tables call it
 * @param runs the workloads that it has part in
 * @param command starts a process that measures one workload
 * @param environment variables of that process
 */
record Contender(
        String title,
        Predicate<Workload> runs,
        BiFunction<Workload, Sampling, List<String>> command,
        Map<String, String> environment) {

    private static final Set<Workload> PRICED = EnumSet.of(Workload.PAIR64, Workload.SET10K);

    /** All of them, in the order of the tables; those in C are run by that program, if it is there. */
    static List<Contender> all(Path program) {
        Stream<Reference> inC = Files.isExecutable(program) ? Arrays.stream(Reference.values()) : Stream.empty();
        return Stream.of(
                        Arrays.stream(Allocator.values()).map(Contender::of),
                        Arrays.stream(SafetyLevel.values()).map(Contender::of),
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

    static Contender of(SafetyLevel price) {
        return new Contender(
                price.title(),
                PRICED::contains,
                (workload, sampling) -> jvm(workload, sampling, Allocator.ADDRESSES.name(), price.jvmArguments()),
                Map.of());
    }

    static Contender of(Accounting accounting) {
        return new Contender(
                accounting.title(),
                Workload::isAblation,
                (workload, sampling) -> jvm(workload, sampling, accounting.name(), List.of()),
                Map.of());
    }

    /** Whether it is malloc9, in whatever form. */
    boolean isMalloc9() {
        return title.startsWith("malloc9 ");
    }

    /** Whether its spread says how restless the machine was ({@link Goals}). */
    boolean isControl() {
        return title.equals(Allocator.MIMALLOC.title()) || title.equals(Reference.MIMALLOC.title());
    }

    /** The last arguments of a process, of the C program too. */
    static List<String> arguments(Workload workload, String name, Sampling sampling) {
        return List.of(
                workload.title(),
                name,
                Long.toString(sampling.warmUpMillis()),
                Integer.toString(sampling.slices()),
                Integer.toString(sampling.memoryMegabytes()));
    }

    private static List<String> jvm(Workload workload, Sampling sampling, String name, List<String> jvmArguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(jvmArguments);
        command.addAll(workload.jvmArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Fork.class.getName()));
        command.addAll(arguments(workload, name, sampling));
        return command;
    }
}
