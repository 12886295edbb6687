package dev.malloc9.benchmarks;

import dev.malloc9.benchmarks.workloads.Family;
import dev.malloc9.benchmarks.workloads.Figure;
import dev.malloc9.benchmarks.workloads.Unit;
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

/** Draws the figures of one family that share a unit as a bar chart, with a bar for each figure and allocator. */
final class Chart {

    private Chart() {}

    /**
     * Returns the chart as an SVG file. A figure that was not measured for an allocator is drawn as 0.
     *
     * @param all the results of the run, also those of other families and units
     * @param machine the description of the machine, which stands in the title
     */
    static byte[] svg(List<Measured> all, Family family, Unit unit, String machine) {
        List<Measured> rows = all.stream()
                .filter(row -> Figure.titled(row.figure()).family() == family)
                .filter(row -> Figure.titled(row.figure()).unit() == unit)
                .toList();
        CategoryChart chart = new CategoryChartBuilder()
                .width(1000)
                .height(520)
                .title(family.title() + "; " + machine)
                .xAxisTitle("less is better")
                .yAxisTitle(unit.title())
                .build();
        chart.getStyler().setLabelsVisible(true).setLegendPosition(LegendPosition.OutsideE);
        List<String> figures = List.copyOf(
                new LinkedHashSet<>(rows.stream().map(Measured::figure).toList()));
        Set<String> allocators =
                new LinkedHashSet<>(rows.stream().map(Measured::allocator).toList());
        for (String allocator : allocators) {
            List<Double> medians = figures.stream()
                    .map(figure -> median(rows, figure, allocator))
                    .toList();
            chart.addSeries(allocator, figures, medians);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            VectorGraphicsEncoder.saveVectorGraphic(chart, bytes, VectorGraphicsFormat.SVG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static double median(List<Measured> rows, String figure, String allocator) {
        return rows.stream()
                .filter(row -> row.figure().equals(figure) && row.allocator().equals(allocator))
                .mapToDouble(Measured::median)
                .findFirst()
                .orElse(0);
    }
}
