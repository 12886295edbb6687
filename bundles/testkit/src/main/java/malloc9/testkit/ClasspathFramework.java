package malloc9.testkit;

import java.util.List;
import java.util.ServiceLoader;
import org.osgi.framework.launch.FrameworkFactory;

/** The framework on the test class path, of which there must be exactly one: with two, luck would say which is tested. */
final class ClasspathFramework {

    /** The packages of URL handlers. Felix reads this system property once in a VM, and Pax Exam adds its own to it at each start. */
    private static final String HANDLERS = "java.protocol.handler.pkgs";

    private static final String PAX_HANDLERS = "org.ops4j.pax.url";

    private ClasspathFramework() {}

    /** @throws IllegalStateException if the class path has none, or several, which it names */
    static void expectOne() {
        List<ServiceLoader.Provider<FrameworkFactory>> factories =
                ServiceLoader.load(FrameworkFactory.class).stream().toList();
        if (factories.size() != 1) {
            throw new IllegalStateException("the test class path must have exactly one OSGi framework, and has "
                    + factories.stream().map(it -> it.type().getName()).toList());
        }
    }

    /** Its factory, or the same exception. */
    static FrameworkFactory theOnly() {
        expectOne();
        // Before the first framework, which need not be Pax Exam's.
        if (System.getProperty(HANDLERS) == null) {
            System.setProperty(HANDLERS, PAX_HANDLERS);
        }
        return ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow();
    }
}
