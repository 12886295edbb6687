package malloc9.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class whose tests run inside a framework, one framework per class.
 *
 * <p>The framework holds what {@code public static Option[] options()} of the class asks for, beside JUnit, AssertJ
 * and this driver. Tests, constructors and life-cycle methods may take a {@code BundleContext}, the probe's
 * {@code Bundle}, or any service by its interface; a service is waited for up to ten seconds.
 *
 * <p>The class is loaded twice. Outside the framework only its constructor runs, with null for each of these
 * parameters; methods run inside. Every test is an engine run of its own there, so {@code @BeforeAll} and
 * {@code @AfterAll} surround each test. {@code @Nested}, {@code @ParameterizedTest} and {@code @RepeatedTest} work;
 * {@code @TestFactory} does not.
 *
 * <p>The system property {@code osgi.test.container} says where the framework runs: {@code native} (the default) in
 * this VM, {@code forked} in one of its own, which gets this VM's {@code --} flags. Which framework it is, the test
 * class path says, which has exactly one. The tests carry the tag {@code osgi}.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("osgi")
@ExtendWith(OsgiExtension.class)
public @interface OsgiTest {}
