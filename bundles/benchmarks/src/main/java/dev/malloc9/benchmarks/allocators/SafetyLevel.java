package dev.malloc9.benchmarks.allocators;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The configurations of malloc9 by address that show the cost of safety: with fewer checks than the default level has, and with more.
 *
 * <p>Each configuration is a contender of its own, which takes part in the 64-byte pair and the working set of 10,000 only.
 */
public enum SafetyLevel {
    BARE("malloc9 without tags and statistics"),
    UNCOUNTED("malloc9 without statistics"),
    SAMPLED("malloc9 with a sample every 100 ms", "-Dvm.memguard.sample_interval=100"),
    RECORDED("malloc9 with a recording, probes off", "-XX:StartFlightRecording:settings=none,disk=false"),
    PROBED_ELSEWHERE(
            "malloc9 with the probes of another type",
            "-XX:StartFlightRecording:settings=none,disk=false,+malloc9.Malloc#enabled=true,+malloc9.Malloc#types=other"
                    + ",+malloc9.Free#enabled=true,+malloc9.Free#types=other"),
    PROBED(
            "malloc9 with its type's probes",
            "-XX:StartFlightRecording:settings=none,disk=false,+malloc9.Malloc#enabled=true,+malloc9.Malloc#types=bench"
                    + ",+malloc9.Free#enabled=true,+malloc9.Free#types=bench"),
    LEVEL_I("malloc9 at level I, no sites", "-Ddebug.malloc.level=I -Dvm.malloc.sites=0"),
    LEVEL_I_SAMPLED("malloc9 at level I, 1 of 64 sites", "-Ddebug.malloc.level=I -Dvm.malloc.sites=64"),
    LEVEL_I_SITES("malloc9 at level I, all sites", "-Ddebug.malloc.level=I"),
    GUARDED_128TH("malloc9 with 1 of 128 guarded", "-Dvm.memguard.frequency=781"),
    LEVEL_G("malloc9 at level G", "-Ddebug.malloc.level=G");

    /** The levels that a goal refers to. The other levels are measured by the profile {@code price} only. */
    private static final Set<SafetyLevel> ASKED_FOR = EnumSet.of(BARE, UNCOUNTED, SAMPLED);

    private final String title;
    private final String jvmArguments;

    SafetyLevel(String title) {
        this(title, "");
    }

    SafetyLevel(String title, String jvmArguments) {
        this.title = title;
        this.jvmArguments = jvmArguments;
    }

    /** Returns the name in tables. */
    public String title() {
        return title;
    }

    /** Returns whether a title is that of a level which no goal refers to. Such a level is measured by the profile {@code price} only. */
    public static boolean isShownOnly(String title) {
        return Arrays.stream(values()).anyMatch(price -> price.title.equals(title) && !ASKED_FOR.contains(price));
    }

    /** Returns the arguments of the level's JVMs: tunables, or settings of the Flight Recorder. */
    public List<String> jvmArguments() {
        return jvmArguments.isEmpty() ? List.of() : List.of(jvmArguments.split(" "));
    }

    /** Returns the parts of the fast path that the level's kernel does not have; an empty list for the shipped kernel. */
    public List<Ablation> ablations() {
        return switch (this) {
            case BARE -> List.of(Ablation.TAGS, Ablation.STATISTICS);
            case UNCOUNTED -> List.of(Ablation.STATISTICS);
            default -> List.of();
        };
    }
}
