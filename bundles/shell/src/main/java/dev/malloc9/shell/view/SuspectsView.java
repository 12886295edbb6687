package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.SuspectsInfo;
import dev.malloc9.memstat.view.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The types that may have corrupted memory with the number of findings, and the types by the set of zones that they share.
 *
 * @param info the suspects, as the kernel reports them
 */
public record SuspectsView(SuspectsInfo info) implements View {

    private static final String NONE = "none";

    @Override
    public String text() {
        List<String> lines = new ArrayList<>();
        lines.add(info.hits() + (info.hits() == 1 ? " finding" : " findings") + ", suspects: " + names(info.types()));
        for (int set = 0; set < info.sets().size(); set++) {
            lines.add("set " + set + ": " + names(info.sets().get(set)));
        }
        return new Lines(lines).text();
    }

    @Override
    public String json() {
        return Json.write(
                "suspects",
                info,
                (fields, all) -> fields.signed("hits", all.hits())
                        .texts("types", all.types())
                        .rows(
                                "sets",
                                IntStream.range(0, all.sets().size()).boxed().toList(),
                                (set, number) -> set.signed("set", (long) number)
                                        .texts("types", all.sets().get(number))));
    }

    private static String names(List<String> types) {
        return types.isEmpty() ? NONE : String.join(", ", types);
    }
}
