package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.AddressInfo;
import dev.malloc9.api.runtime.BlockEvent;
import dev.malloc9.api.runtime.SiteTable;
import dev.malloc9.memstat.view.Json;
import dev.malloc9.memstat.view.Json.Fields;
import dev.malloc9.memstat.view.Printable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The contents of an address: one sentence like that of mdb's {@code ::whatis}, and the known facts about the block on further lines. The
 * facts are the distance from the requested bytes, the allocation and the free.
 *
 * @param info the contents of the address, as the kernel reports them
 */
public record AddressView(AddressInfo info) implements View {

    @Override
    public String text() {
        List<String> lines = new ArrayList<>();
        lines.add(Common.hex(info.address()) + " " + what());
        if (info.requested() >= 0) {
            place(lines);
        }
        add(lines, "allocated", info.allocated());
        add(lines, "freed", info.freed());
        return String.join("\n", lines.stream().map(Printable::of).toList());
    }

    @Override
    public String json() {
        return Json.write("whatis", info, AddressView::fields);
    }

    private static void fields(Fields fields, AddressInfo info) throws IOException {
        Common.module(
                        fields.text("address", Common.hex(info.address()))
                                .text("place", info.place().name().toLowerCase(Locale.ROOT))
                                .text("start", info.start() == 0 ? null : Common.hex(info.start()))
                                .signed("bytes", info.bytes())
                                .signed("requested", info.requested() < 0 ? null : (Long) info.requested())
                                .text("zone", info.zone().isEmpty() ? null : info.zone())
                                .text("type", info.type()),
                        info.owner())
                .object("allocated", info.allocated(), AddressView::event)
                .object("freed", info.freed(), AddressView::event);
    }

    private static void event(Fields fields, BlockEvent event) throws IOException {
        fields.signed("ago-ms", event.ago().toMillis())
                .text("thread", event.thread())
                .texts("site", Common.frames(event.site()));
    }

    private String what() {
        return switch (info.place()) {
            case BLOCK -> is() + "a block of " + info.bytes() + " bytes" + asked() + of("type ");
            case ITEM -> is() + "an item of " + info.bytes() + " bytes" + of("zone ");
            case FREE -> is() + "a free item of " + info.bytes() + " bytes of zone " + info.zone() + last();
            case QUARANTINE -> is() + "a block of " + info.bytes() + " bytes in quarantine" + last();
            case GUARD -> is() + "a guard page" + last();
            case TAIL -> "lies at the end of a slab or page run, behind its last byte";
            case HOLE -> "lies in the kernel map, where nothing is allocated";
            case FOREIGN -> "is no memory of the kernel's";
        };
    }

    private String is() {
        long offset = info.offset();
        return "is " + (offset == 0 ? "" : Common.hex(info.start()) + (offset < 0 ? "" : "+") + offset + ", ");
    }

    private String asked() {
        return info.requested() < 0 ? "" : ", " + info.requested() + " asked for,";
    }

    private String of(String what) {
        return " of " + what + info.type() + " of " + info.owner();
    }

    private String last() {
        return info.owner() == null ? "" : ", last" + of("type ");
    }

    /** Adds a line if the address lies before the block or past its requested size. */
    private void place(List<String> lines) {
        long past = info.offset() - info.requested();
        if (info.offset() < 0) {
            lines.add("  the address lies " + bytes(-info.offset()) + " before the block");
        } else if (past >= 0) {
            lines.add("  the address lies " + bytes(past) + " past the end of the requested size");
        }
    }

    private static void add(List<String> lines, String what, @Nullable BlockEvent event) {
        if (event != null) {
            lines.add("  " + what + " " + SiteTable.age(event.ago()) + " ago by thread " + event.thread() + " at "
                    + event.site());
        }
    }

    private static String bytes(long count) {
        return count + (count == 1 ? " byte" : " bytes");
    }
}
