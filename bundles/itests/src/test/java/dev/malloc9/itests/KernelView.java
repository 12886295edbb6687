package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.TypeStats;
import java.util.List;
import java.util.Objects;
import org.osgi.framework.Bundle;

/** The queries to the kernel that many tests need. */
final class KernelView {

    private final MallocRuntime runtime;

    KernelView(MallocRuntime runtime) {
        this.runtime = runtime;
    }

    /** Returns the registered types of a bundle. */
    List<TypeStats> typesOf(Bundle bundle) {
        return runtime.types().stream()
                .filter(type -> type.owner().bundleId() == bundle.getBundleId())
                .toList();
    }

    /** Returns the names of all registered types. */
    List<String> typeNames() {
        return runtime.types().stream().map(TypeStats::name).toList();
    }

    /** Returns the leak reports of a bundle, oldest first. */
    List<LeakReport> leaksOf(Bundle bundle) {
        return runtime.leaks().stream()
                .filter(leak -> leak.owner().bundleId() == bundle.getBundleId())
                .toList();
    }

    /** Returns the leak report of a bundle. Fails if there is not exactly one. */
    LeakReport leakOf(Bundle bundle) {
        assertThat(leaksOf(bundle)).hasSize(1);
        return Objects.requireNonNull(leaksOf(bundle).getFirst());
    }
}
