package malloc9.testkit;

import java.util.Map;

/**
 * What every framework is told before it starts, so that the same tests mean the same on Felix and on Equinox: a bundle
 * sees what it imports and nothing else, and nothing is written but to the framework's own storage. A framework leaves
 * alone what it does not know.
 */
final class StrictFramework {

    static final Map<String, String> PROPERTIES = Map.of(
            // Felix lends bundles the test class path when a call comes from outside; that hides missing imports.
            "felix.bootdelegation.implicit",
            "false",
            // Equinox lends them what the VM's boot loader has.
            "osgi.compatibility.bootdelegation",
            "false",
            // Equinox keeps user data beside the working folder and in the home folder.
            "osgi.instance.area",
            "@none",
            "osgi.user.area",
            "@none");

    private StrictFramework() {}
}
