package dev.malloc9.malloc;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.malloc9.malloc.alloc.SlowPath;
import dev.malloc9.malloc.type.Events;
import java.util.ArrayList;
import java.util.List;
import org.jgrapht.Graph;
import org.jgrapht.Graphs;
import org.jgrapht.graph.DefaultEdge;
import org.jgrapht.graph.SimpleDirectedGraph;
import org.jgrapht.traverse.BreadthFirstIterator;
import org.junit.jupiter.api.Test;

/**
 * Tests that the way of a malloc and of a free through the slow path seldom returns to a file that it has left.
 *
 * <p>A return is a call from another file to a file whose methods have led to the call. A call of a leaf does not count: a leaf calls
 * nothing in the malloc layer. A method of an interface calls each implementation in the layer, except that the listeners to {@link Events}
 * are left out. The calls in a lambda expression are those of the method that contains it.
 */
class ReturnsToFileTest {

    private static final String LAYER = "dev.malloc9.malloc";

    private final Graph<String, DefaultEdge> calls = new SimpleDirectedGraph<>(DefaultEdge.class);

    ReturnsToFileTest() {
        JavaClasses layer = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(LAYER);
        for (JavaClass type : layer) {
            for (JavaCodeUnit method : type.getCodeUnits()) {
                for (JavaCodeUnitAccess<?> call : method.getCallsFromSelf()) {
                    call.getTarget().resolveMember().ifPresent(target -> add(method, (JavaCodeUnit) target));
                }
            }
            for (JavaMethod method : type.getMethods()) {
                type.getAllRawInterfaces().stream()
                        .filter(face -> !face.isEquivalentTo(Events.class))
                        .flatMap(face -> face.getMethods().stream())
                        .filter(declared -> declared.getName().equals(method.getName())
                                && declared.getRawParameterTypes().equals(method.getRawParameterTypes()))
                        .forEach(declared -> add(declared, method));
            }
        }
    }

    private void add(JavaCodeUnit from, JavaCodeUnit to) {
        if (!from.equals(to) && isInLayer(from) && isInLayer(to)) {
            Graphs.addEdgeWithVertices(calls, from.getFullName(), to.getFullName());
        }
    }

    private static boolean isInLayer(JavaCodeUnit method) {
        return method.getOwner().getPackageName().startsWith(LAYER);
    }

    @Test
    void slowPathOfMallocReturnsToAFileOnce() {
        assertThat(returns("malloc(long, %s.type.MallocTypeInternal, long, boolean)"))
                .containsExactly("MallocTypes.rewatch calls KernelPolicy.wants");
    }

    @Test
    void slowPathOfFreeReturnsToAFileThreeTimes() {
        assertThat(returns("free(long, %s.type.MallocTypeInternal, long)"))
                .containsExactly(
                        "MallocTypes.rewatch calls KernelPolicy.wants",
                        "Quarantine$Leaving.leave calls CheckedBlocks$1.leave",
                        "Quarantine$Leaving.left calls CheckedBlocks$1.left");
    }

    /** Returns the returns on the way of a method of {@link SlowPath}, sorted. */
    private List<String> returns(String method) {
        String start = SlowPath.class.getName() + "." + method.formatted(LAYER);
        assertThat(calls.vertexSet()).contains(start);
        return reached(start).stream()
                .flatMap(first -> reached(first).stream()
                        .filter(last -> !file(last).equals(file(first)))
                        .flatMap(last -> calls.outgoingEdgesOf(last).stream()
                                .map(calls::getEdgeTarget)
                                .filter(target -> file(target).equals(file(first)) && calls.outDegreeOf(target) > 0)
                                .map(target -> simple(last) + " calls " + simple(target))))
                .distinct()
                .sorted()
                .toList();
    }

    private List<String> reached(String start) {
        List<String> methods = new ArrayList<>();
        new BreadthFirstIterator<>(calls, start).forEachRemaining(methods::add);
        return methods;
    }

    /** Returns the name of the file's class. */
    private static String file(String method) {
        return method.substring(0, method.indexOf('('))
                .replaceAll("\\.[^.]*$", "")
                .split("\\$", 2)[0];
    }

    private static String simple(String method) {
        return method.replaceAll("\\(.*", "").replaceAll(".*\\.(\\w+[$.\\w]*\\.[^.]+)$", "$1");
    }
}
