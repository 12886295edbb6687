package malloc9.shell.view;

import java.util.List;
import malloc9.api.runtime.TypeStats;

/**
 * The types as the kernel debugger's {@code show malloc} shows them: all of them, newest first.
 *
 * <p>Counts are unsigned, as there: a type whose frees were counted before its allocations shows a huge number.
 *
 * @param types oldest registration first
 */
public record MallocTable(List<TypeStats> types) implements View {

    private static final String HEAD = "%18s %12s  %12s %12s".formatted("Type", "InUse", "MemUse", "Requests");

    @Override
    public String text() {
        StringBuilder text = new StringBuilder(HEAD);
        for (TypeStats type : types.reversed()) {
            long bytes = type.allocated() - type.freed();
            text.append("\n%18s %12s %12sK %12s"
                    .formatted(
                            Printable.of(type.name()),
                            Long.toUnsignedString(type.allocs() - type.frees()),
                            Long.toUnsignedString(Long.divideUnsigned(bytes + 1023, 1024)),
                            Long.toUnsignedString(type.allocs())));
        }
        return text.toString();
    }
}
