package dev.malloc9.testkit;

import java.util.Map;

/**
 * The properties that every framework gets before it starts, so that the same tests have the same meaning on Felix and on Equinox. A bundle
 * sees its imports and the {@code java.} packages, and nothing else. A framework writes to its own storage only, and ignores the properties
 * that it does not know.
 */
final class StrictFramework {

    static final Map<String, String> PROPERTIES = Map.of(
            // Felix gives bundles access to the test class path if a call comes from outside, which hides missing
            // imports.
            "felix.bootdelegation.implicit",
            "false",
            // Equinox gives bundles access to the classes of the VM's boot loader.
            "osgi.compatibility.bootdelegation",
            "false",
            // Equinox keeps user data beside the working folder and in the home folder.
            "osgi.instance.area",
            "@none",
            "osgi.user.area",
            "@none");

    private StrictFramework() {}
}
