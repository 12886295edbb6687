package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.ModuleInfo;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.view.ModuleFigures;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModuleFiguresTest {

    private static final int MODULES = 100;

    /** A list that counts how many elements are read. */
    private static final class CountingList<T> extends AbstractList<T> {
        private final List<T> elements;
        int reads;

        CountingList(List<T> elements) {
            this.elements = elements;
        }

        @Override
        public T get(int index) {
            reads++;
            return elements.get(index);
        }

        @Override
        public int size() {
            return elements.size();
        }
    }

    @Test
    void listingOfModulesReadsEachTypeOnce() {
        try (Subsystem kernel = new Subsystem()) {
            CountingList<Owner> owners = new CountingList<>(load(kernel));
            kernel.malloc().malloc(16, M_A, M_WAITOK);
            assertThat(M_A.handle()).isInstanceOfSatisfying(MallocTypeInternal.class, known -> {
                CountingList<MallocTypeInternal> types = new CountingList<>(known.types.registered());
                int[] figures = {0};
                List<ModuleInfo> modules = ModuleFigures.of(owners, ModuleFigures.byOwner(types, type -> {
                    figures[0]++;
                    return kernel.stats(type.name);
                }));
                assertThat(modules).hasSize(MODULES);
                assertThat(types.reads).isEqualTo(2 * MODULES);
                assertThat(figures[0]).isEqualTo(2 * MODULES);
                assertThat(owners.reads).isEqualTo(MODULES);
            });
        }
    }

    @Test
    void modulesAreListedInOrderWithTheirTypes() {
        try (Subsystem kernel = new Subsystem()) {
            List<Owner> owners = load(kernel);
            kernel.malloc().malloc(1024, M_B, M_WAITOK);
            Owner without = new Owner(new ModuleId("without", "1", 0), "file");
            owners.add(without);
            List<ModuleInfo> modules = kernel.subsystem.statistics().modules(owners);
            assertThat(modules)
                    .extracting(ModuleInfo::id)
                    .containsExactlyElementsOf(
                            owners.stream().map(Owner::module).toList());
            assertThat(modules.get(MODULES - 1))
                    .satisfies(module -> assertThat(module.types()).containsExactly("a", "b"))
                    .satisfies(module -> assertThat(module.bytes()).isEqualTo(1024));
            assertThat(modules.getLast().types()).isEmpty();
            assertThat(modules.getLast().bytes()).isZero();
        }
    }

    private static List<Owner> load(Subsystem kernel) {
        List<Owner> owners = new ArrayList<>();
        for (int i = 0; i < MODULES; i++) {
            owners.add(kernel.load("module " + i, M_A, M_B));
        }
        return owners;
    }
}
