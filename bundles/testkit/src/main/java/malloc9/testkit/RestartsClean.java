package malloc9.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test of an {@link OsgiTest} class after which a bundle must be able to come and go without pinning its class loader.
 *
 * <p>When the test and its {@code @AfterEach} methods are over, the bundle is installed, started, stopped, uninstalled
 * and refreshed as often as {@link #times} says; then each class loader that it had must be garbage, as
 * {@link ClassLoaders#assertCollected} has it. What the test left in the framework (a listener, a thread, a service
 * that holds on to the bundle) is there meanwhile: that is what such a test is about. The bundle itself is found by
 * {@link ClasspathBundles#location}; the test must not leave it installed.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RestartsCleanExtension.class)
public @interface RestartsClean {

    /** The symbolic name of the bundle, or the name of a {@link MadeBundle}. */
    String bundle();

    /** How many rounds. */
    int times() default 20;
}
