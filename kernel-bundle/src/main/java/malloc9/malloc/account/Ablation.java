package malloc9.malloc.account;

import java.util.Arrays;
import java.util.List;

/**
 * What a benchmark leaves out of the fast path to show its price: {@code malloc9.ablation=tags,statistics}. For nothing else: a kernel
 * without tags finds no misuse and no leak, and one without statistics may not see a type's end ({@link malloc9.pcpu.Pcpu}).
 *
 * <p>Constants for C2, which leaves out what they rule out.
 */
public final class Ablation {

    private static final List<String> LEFT_OUT =
            Arrays.asList(System.getProperty("malloc9.ablation", "").split(","));

    /** Whether a block's tag says whose it is, and a free looks at it. */
    public static final boolean TAGS = !LEFT_OUT.contains("tags");

    /** Whether requests are counted. */
    public static final boolean STATISTICS = !LEFT_OUT.contains("statistics");

    private Ablation() {}
}
