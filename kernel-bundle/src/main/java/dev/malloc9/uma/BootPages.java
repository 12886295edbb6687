package dev.malloc9.uma;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RDTUN;

import dev.malloc9.sysctl.Oid;
import dev.malloc9.sysctl.SysctlTree;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The number of pages that UMA has before there is a kernel map (vm.boot_pages). malloc9 only shows the number, and does not use it: the
 * data that UMA needs for itself lies on the Java heap.
 *
 * @param pages the number of pages
 */
public record BootPages(int pages) {

    /** The default of FreeBSD (UMA_BOOT_PAGES). */
    public static final BootPages STANDARD = new BootPages(48);

    private static final Oid BOOT_PAGES = Oid.integer(
                    "vm.boot_pages",
                    CTLFLAG_RDTUN,
                    "pages for UMA's own needs at boot; not used, they lie on the Java heap")
            .unit("pages")
            .standard(Integer.toString(STANDARD.pages));

    /** Returns the number that the boot environment sets. If the variable is missing or not a number, returns the default. */
    public static BootPages from(Function<String, @Nullable String> environment) {
        Long pages = BOOT_PAGES.number(environment);
        return pages == null ? STANDARD : new BootPages(pages.intValue());
    }

    /** Adds the knob of this layer to the tree. */
    public void declare(SysctlTree tree) {
        tree.add(BOOT_PAGES.bind(() -> pages));
    }
}
