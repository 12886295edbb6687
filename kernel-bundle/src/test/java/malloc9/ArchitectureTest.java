package malloc9;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The kernel's layers, bottom-up: a package is a layer, and imports only lower ones. */
class ArchitectureTest {

    private static final List<String> LAYERS =
            List.of("sysctl", "vm", "pcpu", "uma", "debug", "trace", "malloc", "module", "kernel");

    private static final JavaClasses KERNEL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("malloc9")
            .that(DescribedPredicate.not(resideInAnyPackage("malloc9.api..", "malloc9.testpolicy..")));

    @Test
    void aLayerImportsOnlyLowerOnes() {
        LayeredArchitecture table =
                layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true);
        for (String layer : LAYERS) {
            table = table.layer(layer).definedBy(packageOf(layer));
        }
        for (int i = 0; i < LAYERS.size(); i++) {
            String[] lower = LAYERS.subList(0, i).toArray(String[]::new);
            table = lower.length == 0
                    ? table.whereLayer(LAYERS.get(i)).mayNotAccessAnyLayer()
                    : table.whereLayer(LAYERS.get(i)).mayOnlyAccessLayers(lower);
        }
        table.check(KERNEL);
    }

    @Test
    void everyClassLiesInALayer() {
        assertThat(KERNEL).isNotEmpty();
        classes()
                .should()
                .resideInAnyPackage(
                        LAYERS.stream().map(ArchitectureTest::packageOf).toArray(String[]::new))
                .check(KERNEL);
    }

    @Test
    void noLayersDependOnEachOther() {
        slices().matching("malloc9.(*)..").should().beFreeOfCycles().check(KERNEL);
    }

    @Test
    void nothingReachesIntoTheJdk() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("sun..", "jdk.internal..")
                .check(KERNEL);
    }

    @Test
    void onlyThePlatformBorderLinksNativeFunctions() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("malloc9.vm.Libc")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.lang\\.foreign\\.(Linker|SymbolLookup|FunctionDescriptor).*")
                .check(KERNEL);
    }

    @Test
    void onlyTheTopLayersKnowTheFramework() {
        noClasses()
                .that()
                .resideOutsideOfPackages("malloc9.module..", "malloc9.kernel..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.osgi..")
                .check(KERNEL);
    }

    private static String packageOf(String layer) {
        return "malloc9." + layer + "..";
    }
}
