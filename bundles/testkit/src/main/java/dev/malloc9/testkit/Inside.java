package dev.malloc9.testkit;

import java.lang.annotation.Annotation;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;

/** Finds the framework that a test runs in, for extensions that are called outside and inside it. */
final class Inside {

    private Inside() {}

    /**
     * Returns the context of the bundle that holds the test; empty outside, where the driver sends the test into a framework.
     *
     * @throws ExtensionConfigurationException if neither the test class nor an enclosing class is an {@link OsgiTest}, so that no driver
     *     runs the test in a framework
     */
    static Optional<BundleContext> contextOf(ExtensionContext test, Class<? extends Annotation> annotation) {
        Class<?> testClass = test.getRequiredTestClass();
        if (AnnotationSupport.findAnnotation(testClass, OsgiTest.class, test.getEnclosingTestClasses())
                .isEmpty()) {
            throw new ExtensionConfigurationException("@" + annotation.getSimpleName() + " on " + testClass.getName()
                    + ", which is not an @OsgiTest, would look at no framework");
        }
        return Optional.ofNullable(FrameworkUtil.getBundle(testClass)).map(Bundle::getBundleContext);
    }
}
