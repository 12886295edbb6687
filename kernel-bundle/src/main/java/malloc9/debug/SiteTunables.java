package malloc9.debug;

import static malloc9.api.sysctl.Knob.CTLFLAG_RWTUN;

import java.util.function.Consumer;
import java.util.function.Function;
import malloc9.sysctl.Oid;
import org.jspecify.annotations.Nullable;

/**
 * What of sites can be said before the kernel boots; what makes no sense is left as it is.
 *
 * @param every of how many blocks the site of one is kept; 1 for all, 0 for none
 * @param depth how many frames a site has
 */
public record SiteTunables(int every, int depth) {

    /** What nobody has set. */
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

    /** What the boot environment says. */
    public static SiteTunables from(Function<String, @Nullable String> environment) {
        Long blocks = EVERY.number(environment);
        Long frames = DEPTH.number(environment);
        return new SiteTunables(
                blocks == null || blocks < 0 ? STANDARD.every : blocks.intValue(),
                frames == null || !isDepth(frames) ? STANDARD.depth : frames.intValue());
    }

    /** Says which tunables make no sense though they can be read. */
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

    /** Sets a kernel's sites so. */
    public void apply(Sites sites) {
        sites.every(every);
        sites.depth(depth);
    }
}
