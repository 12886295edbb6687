package malloc9.uma;

import static malloc9.api.sysctl.Knob.CTLFLAG_RDTUN;

import java.util.function.Function;
import malloc9.sysctl.Oid;
import malloc9.sysctl.SysctlTree;
import org.jspecify.annotations.Nullable;

/**
 * The pages that UMA has before there is a kernel map (vm.boot_pages): kept for who asks, without a use here, since what UMA needs for
 * itself lies on the Java heap.
 *
 * @param pages how many
 */
public record BootPages(int pages) {

    /** FreeBSD's number (UMA_BOOT_PAGES). */
    public static final BootPages STANDARD = new BootPages(48);

    private static final Oid BOOT_PAGES = Oid.integer(
                    "vm.boot_pages", CTLFLAG_RDTUN, "pages for UMA's own needs at boot; not used, they lie on the Java heap")
            .unit("pages")
            .standard(Integer.toString(STANDARD.pages));

    /** What the boot environment says. */
    public static BootPages from(Function<String, @Nullable String> environment) {
        Long pages = BOOT_PAGES.number(environment);
        return pages == null ? STANDARD : new BootPages(pages.intValue());
    }

    /** Adds the knob. */
    public void declare(SysctlTree tree) {
        tree.add(BOOT_PAGES.bind(() -> pages));
    }
}
