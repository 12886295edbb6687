package dev.malloc9.shell.kld;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleRevisions;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Finds the dependencies between modules in the framework's wires of all namespaces. The wires of former revisions count as long as they
 * are in use. A module is never its own user.
 */
final class Users {

    private Users() {}

    /** Returns the running modules that are wired to the module, in the order of their ids. */
    static List<Bundle> of(Bundle module) {
        return wired(module, wiring -> wiring.getProvidedWires(null), BundleWire::getRequirer)
                .filter(Users::runs)
                .sorted(Comparator.comparingLong(Bundle::getBundleId))
                .toList();
    }

    /**
     * Returns the modules to which the module is wired, running or not, without duplicates and in no particular order. The system bundle
     * may be one of them.
     */
    static List<Bundle> providersOf(Bundle module) {
        return wired(module, wiring -> wiring.getRequiredWires(null), BundleWire::getProvider)
                .toList();
    }

    /**
     * Returns the running modules that depend on the module, directly or indirectly, without the module itself. Each module comes after its
     * own users; in a cycle the order is arbitrary.
     */
    static List<Bundle> allOf(Bundle module) {
        Set<Bundle> seen = new LinkedHashSet<>(List.of(module));
        List<Bundle> order = new ArrayList<>();
        addUsers(module, seen, order);
        return order;
    }

    private static void addUsers(Bundle module, Set<Bundle> seen, List<Bundle> order) {
        for (Bundle user : of(module)) {
            if (seen.add(user)) {
                addUsers(user, seen, order);
                order.add(user);
            }
        }
    }

    /** Returns whether the bundle is active, starting or stopping. */
    static boolean runs(Bundle bundle) {
        return (bundle.getState() & (Bundle.STARTING | Bundle.ACTIVE | Bundle.STOPPING)) != 0;
    }

    private static Stream<Bundle> wired(
            Bundle module, Function<BundleWiring, List<BundleWire>> wires, Function<BundleWire, BundleRevision> end) {
        BundleRevisions revisions = module.adapt(BundleRevisions.class);
        if (revisions == null) {
            return Stream.empty();
        }
        return revisions.getRevisions().stream()
                .map(BundleRevision::getWiring)
                .filter(wiring -> wiring != null && wiring.isInUse())
                .flatMap(wiring -> Stream.ofNullable(wires.apply(wiring)).flatMap(List::stream))
                .map(wire -> end.apply(wire).getBundle())
                .filter(bundle -> !bundle.equals(module))
                .distinct();
    }
}
