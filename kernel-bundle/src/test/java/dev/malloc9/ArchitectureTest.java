package dev.malloc9;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jgrapht.Graph;
import org.jgrapht.Graphs;
import org.jgrapht.alg.connectivity.KosarajuStrongConnectivityInspector;
import org.jgrapht.graph.DefaultEdge;
import org.jgrapht.graph.SimpleDirectedGraph;
import org.junit.jupiter.api.Test;

/** Tests that a package of the kernel is a layer and imports only lower layers, and that cycles between classes are listed. */
class ArchitectureTest {

    private static final String ROOT = "dev.malloc9.";

    private static final List<String> LAYERS =
            List.of("sysctl", "vm", "pcpu", "uma", "debug", "trace", "malloc", "module", "kernel");

    /** The packages of the malloc layer, from the bottom up. */
    private static final List<String> MALLOC =
            List.of("account", "statsfile", "type", "refusal", "block", "armour", "alloc", "zone", "view");

    /**
     * The accepted cycles between classes; each cycle lies inside one package.
     *
     * <p>Reasons in uma: a slab refers to its keg, a keg to its map, and a tag space to the slabs that it has tags for. Reasons in malloc:
     * a service is a constant of the process's only kernel, and that kernel is found through the constant. A type refers to its registry,
     * and each policy to the type that it controls. A zone is ended by the registry that created it.
     */
    private static final List<String> CYCLES = List.of(
            "debug: SiteTunables Sites",
            "kernel: EmbeddedModules Kernel",
            "malloc.alloc: Allocator ConstantKernel KernelServices MallocService RawMallocService",
            "malloc.armour: ArmourTunables CheckedBlocks RedZoneScan RedZoneSetup",
            "malloc.type: KernelPolicy MallocTypeInternal MallocTypes SlowPathPolicy Suspects TypeList",
            "malloc.zone: ConstructedZone DriverZone PlainZone ZoneRegistry ZoneService",
            "malloc.zone: ZoneAllocator ZoneFreeDiagnosis",
            "module: DriverManifest Modules",
            "trace: FlightTrace FreeEvent MallocEvent Probe Recorder Trace TypeOperation TypesControl",
            "uma: BucketList UmaZone",
            "uma: ItemImport Keg Slab SlabMap TagSpace",
            "vm: AnonymousPages FilePages PageSource");

    private static final int MOST_PARAMETERS = 6;

    private static final JavaClasses KERNEL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.malloc9")
            .that(DescribedPredicate.not(resideInAnyPackage("dev.malloc9.api..", "dev.malloc9.testpolicy..")));

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
    void packageOfMallocImportsOnlyLowerOnes() {
        for (int i = 0; i < MALLOC.size(); i++) {
            String[] higher = MALLOC.subList(i + 1, MALLOC.size()).stream()
                    .map(name -> packageOf("malloc." + name))
                    .toArray(String[]::new);
            if (higher.length > 0) {
                noClasses()
                        .that()
                        .resideInAPackage(packageOf("malloc." + MALLOC.get(i)))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(higher)
                        .check(KERNEL);
            }
        }
        noClasses()
                .that()
                .resideInAnyPackage(
                        MALLOC.stream().map(name -> packageOf("malloc." + name)).toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.malloc9.malloc")
                .check(KERNEL);
    }

    @Test
    void cyclesBetweenClassesAreListed() {
        Graph<String, DefaultEdge> graph = new SimpleDirectedGraph<>(DefaultEdge.class);
        for (JavaClass from : KERNEL) {
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                String source = topLevel(from);
                String target = topLevel(dependency.getTargetClass().getBaseComponentType());
                if (!source.equals(target) && target.startsWith(ROOT)) {
                    Graphs.addEdgeWithVertices(graph, source, target);
                }
            }
        }
        assertThat(new KosarajuStrongConnectivityInspector<>(graph)
                        .stronglyConnectedSets().stream()
                                .filter(cycle -> cycle.size() > 1)
                                .map(ArchitectureTest::text)
                                .sorted()
                                .toList())
                .isEqualTo(CYCLES);
    }

    @Test
    void noConstructorHasMoreThanSixParameters() {
        assertThat(KERNEL.stream()
                        .filter(type -> !type.isRecord())
                        .flatMap(type -> type.getConstructors().stream())
                        .filter(constructor -> !constructor.getModifiers().contains(JavaModifier.SYNTHETIC)
                                && constructor.getRawParameterTypes().size() > MOST_PARAMETERS)
                        .map(JavaConstructor::getFullName))
                .isEmpty();
    }

    /** A file that used two classes of one name would have to name the package of one of them. */
    @Test
    void noClassUsesTwoClassesOfOneSimpleName() {
        Set<String> shared = new TreeSet<>();
        for (JavaClass from : KERNEL) {
            Map<String, String> bySimpleName = new HashMap<>(Map.of(simpleName(topLevel(from)), topLevel(from)));
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                String target = topLevel(dependency.getTargetClass().getBaseComponentType());
                String other = bySimpleName.putIfAbsent(simpleName(target), target);
                if (target.startsWith(ROOT) && other != null && !other.equals(target)) {
                    shared.add(from.getName() + " uses " + target + " and " + other);
                }
            }
        }
        assertThat(shared).isEmpty();
    }

    @Test
    void nameOfAnErrorHasNoSuffixException() {
        noClasses()
                .that()
                .areAssignableTo(Throwable.class)
                .should()
                .haveSimpleNameEndingWith("Exception")
                .check(KERNEL);
    }

    private static String simpleName(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static String topLevel(JavaClass type) {
        return type.getName().split("\\$", 2)[0];
    }

    /** Formats a cycle: the packages without the root, and the simple names of the classes. */
    private static String text(Set<String> cycle) {
        Set<String> packages = new TreeSet<>();
        Set<String> names = new TreeSet<>();
        for (String name : cycle) {
            int dot = name.lastIndexOf('.');
            packages.add(name.substring(ROOT.length(), dot));
            names.add(name.substring(dot + 1));
        }
        return String.join(" ", packages) + ": " + String.join(" ", names);
    }

    @Test
    void noLayersDependOnEachOther() {
        slices().matching("dev.malloc9.(*)..").should().beFreeOfCycles().check(KERNEL);
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
                .doNotHaveFullyQualifiedName("dev.malloc9.vm.Libc")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.lang\\.foreign\\.(Linker|SymbolLookup|FunctionDescriptor).*")
                .check(KERNEL);
    }

    @Test
    void onlyTheTopLayersKnowTheFramework() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.malloc9.module..", "dev.malloc9.kernel..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.osgi..")
                .check(KERNEL);
    }

    private static String packageOf(String layer) {
        return "dev.malloc9." + layer + "..";
    }
}
