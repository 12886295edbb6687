package malloc9.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler.LegendPosition;

/** The figures as a picture: a bar for each workload and allocator. */
final class Chart {

    private Chart() {}

    static byte[] svg(List<Measured> all, String machine) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(1000)
                .height(520)
                .title(machine)
                .xAxisTitle("workload")
                .yAxisTitle("thread CPU ns per operation")
                .build();
        chart.getStyler().setLabelsVisible(true).setLegendPosition(LegendPosition.OutsideE);
        List<String> workloads = List.copyOf(
                new LinkedHashSet<>(all.stream().map(Measured::workload).toList()));
        Set<String> allocators =
                new LinkedHashSet<>(all.stream().map(Measured::allocator).toList());
        for (String allocator : allocators) {
            List<Double> nanos = workloads.stream()
                    .map(workload -> nanos(all, workload, allocator))
                    .toList();
            chart.addSeries(allocator, workloads, nanos);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            VectorGraphicsEncoder.saveVectorGraphic(chart, bytes, VectorGraphicsFormat.SVG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static double nanos(List<Measured> all, String workload, String allocator) {
        return all.stream()
                .filter(row ->
                        row.workload().equals(workload) && row.allocator().equals(allocator))
                .mapToDouble(Measured::medianNs)
                .findFirst()
                .orElse(0);
    }
}
