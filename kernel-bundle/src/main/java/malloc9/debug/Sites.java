package malloc9.debug;

import static malloc9.api.sysctl.Knob.CTLFLAG_RD;

import java.lang.StackWalker.Option;
import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import malloc9.api.runtime.ModuleId;
import malloc9.sysctl.Oid;
import malloc9.sysctl.SysctlTree;
import org.jspecify.annotations.Nullable;

/**
 * The sites that blocks were allocated and freed at: looks at the caller's stack, and finds or makes its {@link Site}.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: a table of sites by the hash of their frames ({@link SiteTable}); a class is known by its label ({@link Labels}).
 *   <li>Concurrency: any number of threads; only a new site takes a lock.
 *   <li>Invariants: two captures at one place, with callers at the same places, give the same site as long as somebody holds it. The
 *       frames of the kernel and its API on top are left out. No class is kept alive.
 *   <li>Cost: off, one load; else a walk, 2 to 5 microseconds with four frames, and the walker's own garbage. A site goes with the last record
 *       that holds it.
 *   <li>Differs from BSD: dtmalloc probes show stacks while somebody looks; redzone(9) keeps those of allocations always.
 * </ul>
 */
public final class Sites {

    /** Frames at most. */
    static final int MAX_DEPTH = 64;

    /** Frames of the kernel between a door and the walk, about. */
    private static final int OWN_FRAMES = 8;

    private static final Oid COUNT = Oid.integer("vm.malloc.sites_count", CTLFLAG_RD, "sites that are known now")
            .unit("sites");

    private static final StackWalker WALKER =
            StackWalker.getInstance(Set.of(Option.RETAIN_CLASS_REFERENCE), OWN_FRAMES + SiteTunables.STANDARD.depth());

    /** Of who knows no bundles. */
    static final Sites WITHOUT_BUNDLES = new Sites(type -> null);

    private final Labels labels;
    private final SiteTable table = new SiteTable();

    /** Without garbage for each walk. */
    private final Function<Stream<StackFrame>, Site> finder = this::find;

    private volatile int every = SiteTunables.STANDARD.every();
    private volatile int depth = SiteTunables.STANDARD.depth();

    /** @param moduleOf the bundle that a class belongs to, null if to none */
    public Sites(Function<Class<?>, @Nullable ModuleId> moduleOf) {
        this.labels = new Labels(moduleOf);
    }

    /** The caller's site, if it is this one's turn: null if sites are off, or this block is not the one of many. */
    public @Nullable Site capture() {
        int blocks = every;
        return blocks == 0 || (blocks > 1 && ThreadLocalRandom.current().nextInt(blocks) != 0) ? null : take();
    }

    /** The caller's site, always. */
    public Site take() {
        return WALKER.walk(finder);
    }

    /**
     * Chooses the blocks whose sites are kept.
     *
     * @param blocks of how many one, by chance; 1 for all, 0 for none
     * @return false if it is negative, and nothing has changed
     */
    public boolean every(long blocks) {
        if (blocks < 0 || blocks > Integer.MAX_VALUE) {
            return false;
        }
        every = (int) blocks;
        return true;
    }

    /**
     * Chooses how many frames a site has.
     *
     * @return false if it may not have so many, and nothing has changed
     */
    public boolean depth(long frames) {
        if (frames < 1 || frames > MAX_DEPTH) {
            return false;
        }
        depth = (int) frames;
        return true;
    }

    /** Sites that somebody may hold. */
    public int count() {
        return table.count();
    }

    /** Adds the knobs. */
    public void declare(SysctlTree tree) {
        tree.add(SiteTunables.EVERY.bind(() -> every, this::every));
        tree.add(SiteTunables.DEPTH.bind(() -> depth, this::depth));
        tree.add(COUNT.bind(this::count));
    }

    private Site find(Stream<StackFrame> stack) {
        int wanted = depth;
        Trace trace = new Trace(wanted);
        StackFrame[] seen = new StackFrame[wanted];
        int count = 0;
        for (Iterator<StackFrame> frames = stack.iterator(); count < wanted && frames.hasNext(); ) {
            StackFrame frame = frames.next();
            String[] label = labels.get(frame.getDeclaringClass());
            if (count > 0 || !Labels.isOwn(label)) {
                trace.add(label, frame.getMethodName(), frame.getByteCodeIndex());
                seen[count++] = frame;
            }
        }
        Site known = table.find(trace);
        return known != null ? known : table.add(trace.copy(), elements(seen, count));
    }

    private List<StackTraceElement> elements(StackFrame[] frames, int count) {
        List<StackTraceElement> elements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            StackTraceElement shown = frames[i].toStackTraceElement();
            String[] label = labels.get(frames[i].getDeclaringClass());
            elements.add(new StackTraceElement(
                    null,
                    label[Labels.MODULE].isEmpty() ? null : label[Labels.MODULE],
                    label[Labels.VERSION].isEmpty() ? null : label[Labels.VERSION],
                    shown.getClassName(),
                    shown.getMethodName(),
                    shown.getFileName(),
                    shown.getLineNumber()));
        }
        return elements;
    }
}
