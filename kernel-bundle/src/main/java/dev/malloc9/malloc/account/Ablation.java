package dev.malloc9.malloc.account;

import java.util.Arrays;
import java.util.List;

/**
 * The parts of the fast path that a benchmark switches off to measure their cost: {@code malloc9.ablation=tags,statistics}. The property
 * has no other use. A kernel without tags detects no misuse and no leak. A kernel without statistics may miss the end of a type's critical
 * sections ({@link dev.malloc9.pcpu.Pcpu}).
 *
 * <p>The fields are constants, so that C2 removes the code of the parts that are switched off.
 */
public final class Ablation {

    /** The names of the parts that are switched off; other names have no effect. */
    private static final List<String> LEFT_OUT =
            Arrays.asList(System.getProperty("malloc9.ablation", "").split(","));

    /** True if malloc writes the owner into the tag of a block and free checks it. */
    public static final boolean TAGS = !LEFT_OUT.contains("tags");

    /** True if requests on the fast path are counted. */
    public static final boolean STATISTICS = !LEFT_OUT.contains("statistics");

    private Ablation() {}
}
