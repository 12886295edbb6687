package dev.malloc9.benchmarks;

import java.util.function.ToDoubleFunction;

/**
 * A goal: a figure of a run that must stay at or below a limit, or at or above it.
 *
 * @param id the number of the goal in the design, such as G1; "mbuf" for the goal of packets
 * @param text the description of the comparison
 * @param bound the side of both limits on which the figure must be
 * @param limit the limit that decides
 * @param moonshot the ambitious limit; not a number if there is none
 * @param figure the figure of a run; not a number if it was not measured
 * @param control the same figure of another program than malloc9. If figure and control both miss the limit, the machine varied too much to
 *     decide. Not a number if there is none
 */
record Goal(
        String id,
        String text,
        Bound bound,
        double limit,
        double moonshot,
        ToDoubleFunction<Medians> figure,
        ToDoubleFunction<Medians> control) {

    /** The side of a limit on which a figure must be. */
    enum Bound {
        AT_MOST("<="),
        AT_LEAST(">=");

        private final String sign;

        Bound(String sign) {
            this.sign = sign;
        }

        boolean holds(double figure, double limit) {
            return this == AT_MOST ? figure <= limit : figure >= limit;
        }

        @Override
        public String toString() {
            return sign;
        }
    }

    static Goal atMost(String id, String text, double limit, ToDoubleFunction<Medians> figure) {
        return new Goal(id, text, Bound.AT_MOST, limit, Double.NaN, figure, run -> Double.NaN);
    }

    static Goal atLeast(String id, String text, double limit, ToDoubleFunction<Medians> figure) {
        return new Goal(id, text, Bound.AT_LEAST, limit, Double.NaN, figure, run -> Double.NaN);
    }

    Goal moonshot(double dreamt) {
        return new Goal(id, text, bound, limit, dreamt, figure, control);
    }

    Goal controlledBy(ToDoubleFunction<Medians> other) {
        return new Goal(id, text, bound, limit, moonshot, figure, other);
    }

    /**
     * Returns the verdict on a run: undecided if both the figure and the control miss the limit, otherwise the verdict on the figure alone.
     */
    String verdict(Medians run) {
        double found = figure.applyAsDouble(run);
        double controls = control.applyAsDouble(run);
        boolean restless = !Double.isNaN(controls) && !bound.holds(controls, limit);
        boolean beyond = !Double.isNaN(found) && !bound.holds(found, limit);
        return restless && beyond ? "undecided: the control is at " + Goals.number(controls) : verdict(found);
    }

    /** Returns the verdict on a figure, regardless of the control: moonshot, held, missed, or not measured. */
    String verdict(double found) {
        if (Double.isNaN(found)) {
            return "not measured";
        }
        if (bound.holds(found, moonshot)) {
            return "moonshot";
        }
        return bound.holds(found, limit) ? "held" : "**missed**";
    }
}
