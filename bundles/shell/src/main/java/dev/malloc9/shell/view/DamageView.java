package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.Damage;
import dev.malloc9.memstat.view.Json;
import java.util.List;
import java.util.Locale;

/**
 * The result of {@code verify}. The text is that of the kernel's own reports; JSON has the figures and stacks of each damage.
 *
 * @param damages the damage in the order in which it was found
 */
public record DamageView(List<Damage> damages) implements View {

    private static final List<String> NONE = List.of("no damage");

    @Override
    public String text() {
        return new Lines(
                        damages.isEmpty()
                                ? NONE
                                : damages.stream()
                                        .flatMap(damage -> damage.report().stream())
                                        .toList())
                .text();
    }

    @Override
    public String json() {
        return Json.write(
                "verify",
                "damage",
                damages,
                (fields, damage) -> Common.module(
                                fields.text(
                                                "kind",
                                                damage.kind()
                                                        .name()
                                                        .toLowerCase(Locale.ROOT)
                                                        .replace('_', '-'))
                                        .text("when", Clock.text(damage.time()))
                                        .text("address", Common.hex(damage.address()))
                                        .signed("offset", damage.offset())
                                        .signed("bytes", damage.bytes())
                                        .signed("size", damage.size())
                                        .text("type", damage.type()),
                                damage.owner())
                        .texts("allocated", damage.allocated())
                        .texts("freed", damage.freed()));
    }
}
