package dev.malloc9.testkit;

import java.util.List;
import java.util.ServiceLoader;
import org.osgi.framework.launch.FrameworkFactory;

/** Finds the framework on the test class path. There must be exactly one: with two, the tested one would be a matter of chance. */
final class ClasspathFramework {

    /**
     * The system property that lists the packages of URL handlers. Felix reads it once in a VM. Pax Exam adds its own package to it at each
     * start.
     */
    private static final String HANDLERS = "java.protocol.handler.pkgs";

    private static final String PAX_HANDLERS = "org.ops4j.pax.url";

    private ClasspathFramework() {}

    /**
     * Checks the class path.
     *
     * @throws IllegalStateException if the class path has no framework, or several, which the message names
     */
    static void expectOne() {
        List<ServiceLoader.Provider<FrameworkFactory>> factories =
                ServiceLoader.load(FrameworkFactory.class).stream().toList();
        if (factories.size() != 1) {
            throw new IllegalStateException("the test class path must have exactly one OSGi framework, and has "
                    + factories.stream().map(it -> it.type().getName()).toList());
        }
    }

    /**
     * Returns the factory of the only framework, and sets the packages of URL handlers if they are not set.
     *
     * @throws IllegalStateException if the class path has no framework, or several
     */
    static FrameworkFactory theOnly() {
        expectOne();
        // The property must be set before the first framework starts, which need not be one of Pax Exam.
        if (System.getProperty(HANDLERS) == null) {
            System.setProperty(HANDLERS, PAX_HANDLERS);
        }
        return ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow();
    }
}
