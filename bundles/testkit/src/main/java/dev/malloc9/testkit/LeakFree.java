package dev.malloc9.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test of an {@link OsgiTest} class, or all of them, that may leave no byte of malloc9's memory behind.
 *
 * <p>After the test and its {@code @AfterEach} methods, every bundle that the test or its {@code @BeforeEach} methods started is stopped,
 * and every bundle that they installed is uninstalled. The bundle with the highest id comes first. If the kernel then has new leak reports,
 * the test fails, with bundle, type and blocks. A leak that the test itself has caused to be reported, by stopping a bundle, counts too.
 * Bundles that ran before, such as those of {@code options()}, are not stopped. If no kernel runs before or after the test, the test fails.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LeakFreeExtension.class)
public @interface LeakFree {}
