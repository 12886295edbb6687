package malloc9.vm;

import static malloc9.api.sysctl.Knob.CTLFLAG_RD;
import static malloc9.api.sysctl.Knob.CTLFLAG_RW;
import static malloc9.api.sysctl.Knob.CTLFLAG_STATS;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import malloc9.sysctl.Oid;
import malloc9.sysctl.SysctlTree;
import org.jspecify.annotations.Nullable;

/**
 * The internal steps that can be made to fail on purpose (fail(9), debug.fail): the k-th from now, once. What a step does then is what it does
 * when there is no memory.
 *
 * <p>While nothing is to fail a step costs one load, and none of them is on a fast path. May be used by any number of threads, who count
 * together.
 */
public final class FailPoints {

    /** A kind of step. */
    public enum Step {
        /** A run is taken from the kernel map (mmap). */
        COMMIT,
        /** A slab or page run is described. */
        SLAB,
        /** A bucket is filled or emptied. */
        BUCKET,
        /** An item of a zone is prepared. */
        INIT,
        /** An item of a zone is constructed. */
        CTOR,
        /** A handler of vm_lowmem is asked. */
        LISTENER,
        /** A type, or an armoured or guarded block, gets its record. */
        RECORD,
        /** Red zones are laid. */
        RED_ZONE,
        /** MemGuard's address space is reserved. */
        GUARD_RANGE,
        /** Pages are put in the place of a hole. */
        GUARD_PAGES,
        /** A hole is put in the place of pages. */
        GUARD_HOLE,
        /** A guarded block gets the scope of its segments. */
        GUARD_SCOPE
    }

    private static final int POINTS_SIZE = 128;
    private static final String ALL = "all";

    private static final Oid FAIL = Oid.node("debug.fail", "internal steps that fail on purpose");

    private static final Oid AT = Oid.quad(
                    "debug.fail.at",
                    CTLFLAG_RW | CTLFLAG_STATS,
                    "which step from now fails, once; 0 for none, and when it has failed")
            .unit("steps")
            .range(0, Long.MAX_VALUE)
            .standard("0");

    private static final Oid POINTS = Oid.string(
                    "debug.fail.points",
                    CTLFLAG_RW,
                    "which steps count: all, or some of "
                            + Arrays.stream(Step.values()).map(FailPoints::name).collect(Collectors.joining(",")))
            .standard(ALL);

    private static final Oid STEPS =
            Oid.quad("debug.fail.steps", CTLFLAG_RD, "steps that were counted since debug.fail.at was set");

    private static final Oid FAILURES =
            Oid.quad("debug.fail.failures", CTLFLAG_RD, "steps that were made to fail so far");

    private final AtomicLong left = new AtomicLong();
    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile boolean armed;
    private volatile Set<Step> points = Collections.unmodifiableSet(EnumSet.allOf(Step.class));

    /** Counts a step; true if it is to fail. */
    public boolean fails(Step step) {
        return armed && count(step);
    }

    private boolean count(Step step) {
        if (!points.contains(step)) {
            return false;
        }
        steps.incrementAndGet();
        if (left.decrementAndGet() != 0) {
            return false;
        }
        armed = false;
        failures.incrementAndGet();
        return true;
    }

    /** Makes the k-th step from now fail; 0 for none. */
    public void failAt(long k) {
        armed = false;
        steps.set(0);
        left.set(k);
        armed = k > 0;
    }

    /** Which step from now is to fail; 0 for none. */
    public long at() {
        return armed ? Math.max(0, left.get()) : 0;
    }

    /** Counts steps of these kinds only. */
    public void points(Set<Step> counted) {
        points = Set.copyOf(counted);
    }

    /** Steps that were made to fail so far. */
    public long failures() {
        return failures.get();
    }

    /** Adds the knobs. */
    public void declare(SysctlTree tree) {
        tree.add(FAIL);
        tree.add(AT.bind(this::at, k -> {
            failAt(k);
            return true;
        }));
        tree.add(POINTS.bindText(POINTS_SIZE, this::pointNames, names -> {
            Set<Step> named = named(names);
            if (named != null) {
                points(named);
            }
            return named != null;
        }));
        tree.add(STEPS.bind(steps::get));
        tree.add(FAILURES.bind(failures::get));
    }

    private String pointNames() {
        Set<Step> counted = points;
        return counted.size() == Step.values().length
                ? ALL
                : counted.stream().sorted().map(FailPoints::name).collect(Collectors.joining(","));
    }

    private static @Nullable Set<Step> named(String names) {
        if (names.strip().equals(ALL)) {
            return EnumSet.allOf(Step.class);
        }
        Set<Step> named = EnumSet.noneOf(Step.class);
        for (String name : names.split(",", -1)) {
            Step step = Arrays.stream(Step.values())
                    .filter(candidate -> name(candidate).equals(name.strip()))
                    .findFirst()
                    .orElse(null);
            if (step == null) {
                return null;
            }
            named.add(step);
        }
        return named;
    }

    private static String name(Step step) {
        return step.name().toLowerCase(Locale.ROOT);
    }
}
