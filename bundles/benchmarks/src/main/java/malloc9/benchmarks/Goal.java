package malloc9.benchmarks;

import java.util.function.ToDoubleFunction;

/**
 * A goal: a figure of a run that has to stay at or below a limit, or at or above it.
 *
 * @param id its number in the design
 * @param text what is compared
 * @param bound on which side of the limits the figure has to be
 * @param limit that decides
 * @param moonshot the limit that one dreams of; not a number if there is none
 * @param figure found in a run; not a number if that has not been measured
 * @param control the same figure of a program whose own it is not: where that misses the limit, too, the machine was too restless to decide;
 *     not a number if there is none
 */
record Goal(
        String id,
        String text,
        Bound bound,
        double limit,
        double moonshot,
        ToDoubleFunction<Medians> figure,
        ToDoubleFunction<Medians> control) {

    /** A side of a limit. */
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

    /** What has become of it in a run. */
    String verdict(Medians run) {
        double found = figure.applyAsDouble(run);
        double controls = control.applyAsDouble(run);
        boolean restless = !Double.isNaN(controls) && !bound.holds(controls, limit);
        boolean beyond = !Double.isNaN(found) && !bound.holds(found, limit);
        return restless && beyond ? "undecided: the control is at " + Goals.number(controls) : verdict(found);
    }

    /** What has become of it without a look at the control. */
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
