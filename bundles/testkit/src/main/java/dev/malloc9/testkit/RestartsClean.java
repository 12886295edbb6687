package dev.malloc9.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test of an {@link OsgiTest} class after which a bundle must be able to come and go without pinning its class loader.
 *
 * <p>After the test and its {@code @AfterEach} methods, the bundle is installed, started, uninstalled and refreshed {@link #times} times.
 * The framework stops a bundle when it is uninstalled. Then each class loader that the bundle had must be garbage, as
 * {@link ClassLoaders#assertCollected} checks. The objects that the test left in the framework stay there meanwhile: a listener, a thread,
 * a service that refers to the bundle. Such objects are the subject of the test. The bundle itself is found by
 * {@link ClasspathBundles#location}. If the test leaves it installed, the test fails.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RestartsCleanExtension.class)
public @interface RestartsClean {

    /** The symbolic name of the bundle, or the name of a {@link MadeBundle}. */
    String bundle();

    /** The number of rounds. */
    int times() default 20;
}
