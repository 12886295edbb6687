package dev.malloc9.vm;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RD;
import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RW;
import static dev.malloc9.api.sysctl.Knob.CTLFLAG_STATS;

import dev.malloc9.sysctl.Oid;
import dev.malloc9.sysctl.SysctlTree;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A set of internal steps that can be made to fail on purpose, for tests (fail(9), debug.fail). The k-th step from now fails, once.
 *
 * <p>A step that is made to fail takes the path that it takes if there is no memory; {@link Step#LISTENER} throws an exception instead. If
 * no failure is set, a step costs one load. No step is on a fast path.
 *
 * <p>Any number of threads may use an instance. All threads share one count.
 */
public final class FailPoints {

    /** The kinds of steps. */
    public enum Step {
        /** The allocation of a run from the kernel map (mmap). */
        COMMIT,
        /** The creation of the description of a slab or page run. */
        SLAB,
        /** The filling or emptying of a bucket. */
        BUCKET,
        /** The initialization of an item of a zone. */
        INIT,
        /** The construction of an item of a zone. */
        CTOR,
        /** The call of a handler of vm_lowmem. */
        LISTENER,
        /** The creation of the record of a type, of a block of level I, or of a guarded block. */
        RECORD,
        /** The writing of the red zones of a block. */
        RED_ZONE,
        /** The reservation of MemGuard's address space. */
        GUARD_RANGE,
        /** The replacement of a hole with pages. */
        GUARD_PAGES,
        /** The replacement of pages with a hole. */
        GUARD_HOLE,
        /** The creation of the scope of a guarded block's segments. */
        GUARD_SCOPE
    }

    /** The size of the buffer of debug.fail.points, in bytes, with the NUL. */
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

    /** The number of steps until the failure. After the failure it may be negative, if other threads counted steps meanwhile. */
    private final AtomicLong left = new AtomicLong();

    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    /** Whether a failure is set. Steps are counted only while it is true. */
    private volatile boolean armed;

    private volatile Set<Step> points = Collections.unmodifiableSet(EnumSet.allOf(Step.class));

    /**
     * Counts a step, and returns whether the caller must make it fail. If no failure is set, or the kind of the step is not selected, the
     * step is not counted and does not fail.
     */
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

    /**
     * Makes the k-th step from now fail, and sets the number of counted steps to 0.
     *
     * @param k the number of the step, from 1; 0 or a negative number for no failure
     */
    public void failAt(long k) {
        armed = false;
        steps.set(0);
        left.set(k);
        armed = k > 0;
    }

    /** Returns the number of steps until the failure; 0 if none is set or the step has failed. */
    public long at() {
        return armed ? Math.max(0, left.get()) : 0;
    }

    /** Selects the kinds of steps that are counted. The count goes on. */
    public void points(Set<Step> counted) {
        points = Set.copyOf(counted);
    }

    /** Returns the number of steps that were made to fail so far. */
    public long failures() {
        return failures.get();
    }

    /** Adds the knobs of debug.fail. */
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

    /** Returns the kinds of steps in a comma-separated list, or null if a name is unknown. */
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
