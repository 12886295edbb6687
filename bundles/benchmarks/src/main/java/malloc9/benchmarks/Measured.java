package malloc9.benchmarks;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.reflect.TypeToken;
import java.util.List;
import malloc9.benchmarks.Sampling.Sample;
import malloc9.benchmarks.allocators.Allocator;

/**
 * What one workload came to on one allocator; a line of the table, an object of the JSON.
 *
 * @param workload {@link Workload#title()}
 * @param allocator {@link Allocator#title()}
 * @param forks JVMs
 * @param medianNs thread CPU time of one operation, the median over JVMs
 * @param minNs of the best JVM
 * @param maxNs of the worst JVM
 * @param bytesPerOp heap bytes that one operation allocates, the median over JVMs
 * @param ratio medianNs in multiples of malloc9 with segments
 */
record Measured(
        String workload,
        String allocator,
        int forks,
        double medianNs,
        double minNs,
        double maxNs,
        double bytesPerOp,
        double ratio) {

    private static final Gson JSON = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .setPrettyPrinting()
            .create();

    static Measured of(Workload workload, Allocator allocator, List<Sample> samples, double segmentsNs) {
        double[] nanos = samples.stream().mapToDouble(Sample::nanos).sorted().toArray();
        double medianNs = Sampling.median(nanos);
        return new Measured(
                workload.title(),
                allocator.title(),
                nanos.length,
                rounded(medianNs, 100),
                rounded(nanos[0], 100),
                rounded(nanos[nanos.length - 1], 100),
                rounded(
                        Sampling.median(
                                samples.stream().mapToDouble(Sample::heapBytes).toArray()),
                        10),
                rounded(medianNs / segmentsNs, 1000));
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
