package dev.malloc9.benchmarks.allocators;

import java.util.List;

/**
 * A part of the kernel's fast path that a benchmark leaves out to measure its cost, as changes of the kernel's sources.
 * {@link AblatedKernel} compiles the changed classes.
 *
 * <p>A kernel without tags accepts a free of the wrong type, a double free and most interior frees, and does not take leaked blocks back.
 * In a kernel without statistics, a loop of fast paths may miss the stop of its type: without stores into the array of the counters, C2 may
 * move the load of the type's gate from that array out of the loop.
 *
 * @param cuts the changes of the sources
 */
public record Ablation(List<Cut> cuts) {

    /** malloc does not write the owner into the tag of a block, and free does not check it. */
    public static final Ablation TAGS = of(
            new Cut("alloc/Allocator", lastStep("TagSpace.store(place, tag);"), ""),
            new Cut("alloc/Allocator", "(TagSpace.load(tag) & ~Tags.RAW) != Slab.tag(item, gate)", "false"),
            new Cut("alloc/Allocator", lastStep("TagSpace.store(tag, 0);"), ""),
            new Cut("block/CachedItems", " || !Tags.isOf(slab.tagOf(item), number)", ""),
            new Cut("block/FreeDiagnosis", "ofStart(slab, slab.tagOf(granule), type, viewBytes);", "null;"));

    /** Requests on the fast path are not counted. */
    public static final Ablation STATISTICS = of(
            new Cut("alloc/Allocator", "row[Counters.ALLOCS + zone]++;", ""),
            new Cut("alloc/Allocator", "row[Counters.FREES + zone]++;", ""));

    /**
     * A replacement in a source.
     *
     * @param source the path of the source below the package {@code dev.malloc9.malloc}, without extension
     * @param text the text, which the source contains once
     * @param replacement the text that replaces it
     */
    record Cut(String source, String text, String replacement) {}

    /** Returns the text of a last step that is repeated before an error is passed on. */
    private static String lastStep(String statement) {
        return """
                try {
                    %1$s
                } catch (Error pending) {
                    %1$s
                    throw pending;
                }
        """.formatted(statement);
    }

    private static Ablation of(Cut... cuts) {
        return new Ablation(List.of(cuts));
    }
}
