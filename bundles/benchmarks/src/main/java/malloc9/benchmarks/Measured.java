package malloc9.benchmarks;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.reflect.TypeToken;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import malloc9.benchmarks.workloads.Figure;
import malloc9.benchmarks.workloads.Sample;
import malloc9.benchmarks.workloads.Sampling;

/**
 * What one figure came to for one contender; a line of the table, an object of the JSON.
 *
 * @param figure {@link Figure#title()}
 * @param unit {@link malloc9.benchmarks.workloads.Unit#title()}
 * @param allocator {@link Contender#title()}
 * @param forks processes
 * @param median over processes
 * @param min of the best process
 * @param max of the worst process
 * @param spread the worst process in multiples of the best one, of those that found memory about as far away as most did, if they are half of all
 * @param bytesPerOp heap bytes that one operation allocates, the median over processes
 * @param ratio median in multiples of the first contender's, which is malloc9 with segments
 * @param samples of the processes, in the order of the run
 * @param loads nanoseconds of a load from memory in each of them; none if they did not wait for memory
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

    /** How many times nearer or farther than usual memory may be for processes to be compared. */
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

    /** Of all processes where fewer than half can be compared, so that it is not one or two that decide. */
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
