package dev.malloc9.debug;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RWTUN;

import dev.malloc9.sysctl.Oid;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The boot settings of sites. A value out of range is ignored.
 *
 * @param every the number of blocks of which the site of one is kept; 1 for all, 0 for none
 * @param depth the number of frames of a site, from 1 to 64
 */
public record SiteTunables(int every, int depth) {

    /** The values that hold if no tunable is set. */
    public static final SiteTunables STANDARD = new SiteTunables(1, 4);

    static final Oid EVERY = Oid.integer(
                    "vm.malloc.sites",
                    CTLFLAG_RWTUN,
                    "of how many blocks at level I the allocation site of one is kept; 1 for all, 0 for none")
            .unit("blocks")
            .range(0, Integer.MAX_VALUE)
            .standard(Integer.toString(STANDARD.every));

    static final Oid DEPTH = Oid.integer("vm.malloc.sites_depth", CTLFLAG_RWTUN, "frames of a site")
            .unit("frames")
            .range(1, Sites.MAX_DEPTH)
            .standard(Integer.toString(STANDARD.depth));

    /**
     * Reads the tunables from the boot environment. A number beyond 32 bits is first replaced with the nearest int. A tunable that is not
     * set, is no number or is out of range has its standard value.
     *
     * @param environment the value of each tunable by its name; null if it is not set
     */
    public static SiteTunables from(Function<String, @Nullable String> environment) {
        Long blocks = EVERY.number(environment);
        Long frames = DEPTH.number(environment);
        return new SiteTunables(
                blocks == null || blocks < 0 ? STANDARD.every : blocks.intValue(),
                frames == null || !isDepth(frames) ? STANDARD.depth : frames.intValue());
    }

    /**
     * Reports each tunable that {@link #from} reads as a number and ignores as out of range.
     *
     * @param environment the value of each tunable by its name; null if it is not set
     * @param complaints the consumer of the messages
     */
    public static void complain(Function<String, @Nullable String> environment, Consumer<String> complaints) {
        Long blocks = EVERY.number(environment);
        if (blocks != null && blocks < 0) {
            complaints.accept(Messages.ignored(EVERY.knob().name(), "0 or above", blocks));
        }
        Long frames = DEPTH.number(environment);
        if (frames != null && !isDepth(frames)) {
            complaints.accept(Messages.ignored(DEPTH.knob().name(), "1 to " + Sites.MAX_DEPTH, frames));
        }
    }

    private static boolean isDepth(long frames) {
        return frames >= 1 && frames <= Sites.MAX_DEPTH;
    }

    /** Applies these settings to the sites of a kernel. */
    public void apply(Sites sites) {
        sites.every(every);
        sites.depth(depth);
    }
}
