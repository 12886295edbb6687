package dev.malloc9.debug;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RD;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.sysctl.Oid;
import dev.malloc9.sysctl.SysctlTree;
import java.lang.StackWalker.Option;
import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sites at which blocks were allocated and freed. A capture walks the caller's stack, and finds or creates its {@link Site}.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: a table of sites by the hash of their frames ({@link SiteIndex}). A class is represented by its label ({@link Labels}).
 *   <li>Concurrency: any number of threads may capture. A capture takes a lock only if the table does not contain the site.
 *   <li>Invariants: two captures at one place, with the same callers and the same depth, yield the same site as long as it is
 *       reachable. The topmost frames that belong to the kernel and its API are left out. No class is kept alive.
 *   <li>Cost: one load if sites are off. For a selected block, a walk, 2 to 5 microseconds for four frames, and the garbage of the
 *       {@link StackWalker}. A site becomes unreachable with the last record that refers to it.
 *   <li>Differs from BSD: the probes of dtmalloc show stacks while a consumer is attached. redzone(9) always keeps the stacks of
 *       allocations.
 * </ul>
 */
public final class Sites {

    /** The largest number of frames of a site. */
    static final int MAX_DEPTH = 64;

    /** The approximate number of kernel frames between the entry into the kernel and the walk. */
    private static final int OWN_FRAMES = 8;

    private static final Oid COUNT = Oid.integer("vm.malloc.sites_count", CTLFLAG_RD, "sites that are known now")
            .unit("sites");

    private static final StackWalker WALKER =
            StackWalker.getInstance(Set.of(Option.RETAIN_CLASS_REFERENCE), OWN_FRAMES + SiteTunables.STANDARD.depth());

    private final Labels labels;
    private final SiteIndex table = new SiteIndex();

    /** The method reference that finds a site. One object serves all walks and saves its allocation. */
    private final Function<Stream<StackFrame>, Site> finder = this::find;

    private volatile int every = SiteTunables.STANDARD.every();
    private volatile int depth = SiteTunables.STANDARD.depth();

    /**
     * Creates an empty set of sites.
     *
     * @param moduleOf the function that returns the bundle of a class; null for a class of no bundle
     */
    public Sites(Function<Class<?>, @Nullable ModuleId> moduleOf) {
        this.labels = new Labels(moduleOf);
    }

    /** Returns the caller's site if this block is selected: null if sites are off, or chance has not selected the block. */
    public @Nullable Site capture() {
        int blocks = every;
        return blocks == 0 || (blocks > 1 && ThreadLocalRandom.current().nextInt(blocks) != 0) ? null : take();
    }

    /** Returns the caller's site, regardless of the share that {@link #every(long)} has set. */
    public Site take() {
        return WALKER.walk(finder);
    }

    /**
     * Sets the share of blocks whose sites are kept.
     *
     * @param blocks the number of blocks of which one is selected by chance; 1 for all, 0 for none
     * @return false if the number is negative or exceeds an int; nothing has changed then
     */
    public boolean every(long blocks) {
        if (blocks < 0 || blocks > Integer.MAX_VALUE) {
            return false;
        }
        every = (int) blocks;
        return true;
    }

    /**
     * Sets the number of frames of a site.
     *
     * @param frames the number of frames, from 1 to {@link #MAX_DEPTH}
     * @return false if the number is out of range; nothing has changed then
     */
    public boolean depth(long frames) {
        if (frames < 1 || frames > MAX_DEPTH) {
            return false;
        }
        depth = (int) frames;
        return true;
    }

    /** Returns the number of sites that may still be reachable. */
    public int count() {
        return table.count();
    }

    /** Adds the knobs of the sites to a tree. */
    public void declare(SysctlTree tree) {
        tree.add(SiteTunables.EVERY.bind(() -> every, this::every));
        tree.add(SiteTunables.DEPTH.bind(() -> depth, this::depth));
        tree.add(COUNT.bind(this::count));
    }

    private Site find(Stream<StackFrame> stack) {
        int wanted = depth;
        StackTrace trace = new StackTrace(wanted);
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
