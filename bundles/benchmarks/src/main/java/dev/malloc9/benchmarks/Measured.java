package dev.malloc9.benchmarks;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.reflect.TypeToken;
import dev.malloc9.benchmarks.workloads.Figure;
import dev.malloc9.benchmarks.workloads.Sample;
import dev.malloc9.benchmarks.workloads.Sampling;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * The result of one figure for one contender: a line of the table and an object of the JSON file. Heap bytes and loads are rounded to one
 * decimal, all other values to three.
 *
 * @param figure {@link Figure#title()}
 * @param unit {@link dev.malloc9.benchmarks.workloads.Unit#title()}
 * @param allocator {@link Contender#title()}
 * @param forks the number of processes
 * @param median the median over the processes
 * @param min the value of the best process
 * @param max the value of the worst process
 * @param spread the value of the worst process in multiples of the best one. Compares only processes whose memory latency was near the
 *     median, if these are at least half of all
 * @param bytesPerOp the bytes of Java heap that one operation allocates, the median over the processes
 * @param ratio the median in multiples of the median of the figure's first contender that has samples; 0 if that median is 0
 * @param samples the values of the processes, in the order of the run
 * @param loads the nanoseconds of a load from memory in each process that measured it
 */
record Measured(
        String figure,
        String unit,
        String allocator,
        int forks,
        double median,
        double min,
        double max,
        double spread,
        double bytesPerOp,
        double ratio,
        List<Double> samples,
        List<Double> loads) {

    /** The factor by which a process's memory latency may differ from the median for the process to be compared. */
    private static final double LOAD_TOLERANCE = 1.12;

    private static final Gson JSON = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .setPrettyPrinting()
            .create();

    static Measured of(Figure figure, String contender, List<Sample> samples, double base) {
        double[] heapBytes = samples.stream().mapToDouble(Sample::heapBytes).toArray();
        return new Measured(
                figure.title(),
                figure.unit().title(),
                contender,
                samples.size(),
                rounded(median(samples), 1000),
                rounded(samples.stream().mapToDouble(Sample::value).min().orElseThrow(), 1000),
                rounded(samples.stream().mapToDouble(Sample::value).max().orElseThrow(), 1000),
                rounded(spread(samples), 1000),
                rounded(Sampling.median(heapBytes), 10),
                base == 0 ? 0 : rounded(median(samples) / base, 1000),
                samples.stream().map(sample -> rounded(sample.value(), 1000)).toList(),
                samples.stream()
                        .filter(sample -> sample.loadNanos() != 0)
                        .map(sample -> rounded(sample.loadNanos(), 10))
                        .toList());
    }

    static double median(List<Sample> samples) {
        return Sampling.median(samples.stream().mapToDouble(Sample::value).toArray());
    }

    /** Returns the spread. If fewer than half of the processes can be compared, uses all of them, so that one or two do not decide. */
    private static double spread(List<Sample> samples) {
        double usual =
                Sampling.median(samples.stream().mapToDouble(Sample::loadNanos).toArray());
        List<Sample> comparable = samples.stream()
                .filter(sample -> sample.loadNanos() <= usual * LOAD_TOLERANCE)
                .filter(sample -> sample.loadNanos() >= usual / LOAD_TOLERANCE)
                .toList();
        DoubleSummaryStatistics values = (2 * comparable.size() < samples.size() ? samples : comparable)
                .stream().mapToDouble(Sample::value).summaryStatistics();
        return values.getMax() / values.getMin();
    }

    static String toJson(List<Measured> all) {
        return JSON.toJson(all) + "\n";
    }

    static List<Measured> fromJson(String json) {
        return JSON.fromJson(json, new TypeToken<List<Measured>>() {});
    }

    private static double rounded(double value, int parts) {
        return (double) Math.round(value * parts) / parts;
    }
}
