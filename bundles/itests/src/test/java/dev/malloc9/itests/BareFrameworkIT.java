package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.testkit.OutsideFramework;
import java.lang.module.ModuleDescriptor.Exports;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/**
 * Tests that each bundle starts in a framework with only the required bundles, and that the kernel names each optional part that is absent.
 */
class BareFrameworkIT {

    /** The symbolic names of Declarative Services and of the bundles that its implementation needs. */
    private static final String DS =
            " org.osgi.util.function org.osgi.util.promise org.osgi.service.component org.apache.felix.scr ";

    /** The packages that the kernel requires. */
    private static final List<String> OSGI = List.of(
            "org.osgi.framework;version=1.10.0",
            "org.osgi.framework.wiring;version=1.2.0",
            "org.osgi.util.tracker;version=1.5.3",
            "org.osgi.framework.launch;version=1.2.0",
            "org.osgi.framework.startlevel;version=1.0.0",
            "org.osgi.framework.dto;version=1.8.0",
            "org.osgi.dto;version=1.1.1",
            "org.osgi.resource;version=1.0.1");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev.malloc9.api",
                "dev.malloc9.memstat",
                "dev.malloc9.api dev.malloc9.kernel",
                "dev.malloc9.api dev.malloc9.kernel"
                        + " dev.malloc9.samples.doublefree dev.malloc9.samples.wrongtype dev.malloc9.samples.legacy",
                DS + "dev.malloc9.samples.holder dev.malloc9.api dev.malloc9.kernel dev.malloc9.samples.stale",
                DS
                        + "dev.malloc9.api dev.malloc9.kernel dev.malloc9.mbuf dev.malloc9.samples.ether dev.malloc9.samples.ramdisk",
                DS
                        + "dev.malloc9.api dev.malloc9.kernel dev.malloc9.memstat org.apache.felix.gogo.runtime dev.malloc9.shell",
                DS + "dev.malloc9.api dev.malloc9.kernel org.apache.felix.log org.apache.felix.configadmin"
                        + " org.apache.felix.metatype dev.malloc9.config"
            })
    void bundlesStartWithOnlyTheirDependencies(String bundles) throws Exception {
        String[] names = bundles.strip().split(" +");
        // The start throws an exception if a bundle does not become active.
        try (OutsideFramework framework = OutsideFramework.of(names).start()) {
            assertThat(Arrays.stream(names).map(framework::bundle).map(Bundle::getState))
                    .containsOnly(Bundle.ACTIVE);
        }
    }

    @Test
    void shellHasItsCommandsWithoutTerminalAndFileInstall() throws Exception {
        try (OutsideFramework framework = OutsideFramework.of(
                        (DS + "dev.malloc9.api dev.malloc9.memstat org.apache.felix.gogo.runtime dev.malloc9.shell")
                                .strip()
                                .split(" +"))
                .start()) {
            assertThat(framework.gogo("malloc9:help")).contains("kldload", "vmstat");
        }
    }

    @Test
    void kernelNamesEachAbsentPart() throws Exception {
        String java = ModuleLayer.boot().modules().stream()
                .flatMap(module -> module.getDescriptor().exports().stream())
                .filter(exports -> !exports.isQualified())
                .map(Exports::source)
                .filter(name -> name.startsWith("java."))
                .collect(Collectors.joining(","));
        try (OutsideFramework framework = OutsideFramework.of("dev.malloc9.api", "dev.malloc9.kernel")
                .property(Constants.FRAMEWORK_SYSTEMPACKAGES, String.join(",", OSGI) + "," + java)
                .start()) {
            String noLog = "malloc9: no log: the framework has no package org.osgi.service.log;"
                    + " lines go to standard output only";
            assertThat(messages(framework))
                    .contains(
                            "malloc9: no events: the framework has no package org.osgi.service.event of an Event Admin",
                            "malloc9: no memory size from the JVM: package com.sun.management of module jdk.management is"
                                    + " missing; the system's memory is read from /proc/meminfo")
                    .anyMatch(line -> line.startsWith("malloc9: no probes: "))
                    // Equinox has a log of its own, so the message about a missing log does not appear there.
                    .matches(lines -> lines.contains(noLog) != FrameworkUnderTest.IS_EQUINOX, noLog);
        }
    }

    @Test
    void kernelReportsNoAbsentPartInAFullSystem() throws Exception {
        try (OutsideFramework framework = Malloc9System.outside().start()) {
            assertThat(messages(framework)).noneMatch(line -> line.startsWith("malloc9: no "));
        }
    }

    /**
     * Returns the messages of the kernel. Reflection is necessary: inside the framework, the classes of the API are not the classes of the
     * test.
     */
    private static List<String> messages(OutsideFramework framework) throws Exception {
        ServiceReference<?> reference = Stream.of(
                        framework.bundle("dev.malloc9.kernel").getRegisteredServices())
                .filter(each -> List.of((Object[]) each.getProperty(Constants.OBJECTCLASS))
                        .contains("dev.malloc9.api.runtime.MallocRuntime"))
                .findFirst()
                .orElseThrow();
        Object runtime =
                framework.bundle("dev.malloc9.kernel").getBundleContext().getService(reference);
        Class<?> type = framework.bundle("dev.malloc9.api").loadClass("dev.malloc9.api.runtime.MallocRuntime");
        return ((List<?>) type.getMethod("messages").invoke(runtime))
                .stream().map(String::valueOf).toList();
    }
}
