package dev.malloc9.testkit;

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
 * <p>The framework holds the bundles of {@code public static Option[] options()} of the class, besides JUnit, this driver and, if the test
 * class path has it, AssertJ. Tests, constructors and life-cycle methods may take a {@code BundleContext}, the probe's {@code Bundle}, or
 * any service by its interface. The driver waits for a service for up to ten seconds.
 *
 * <p>The class is loaded twice. Outside the framework only its constructor, {@code options()} and the providers of arguments run, the
 * constructor with null for each of these parameters. All other methods run inside, and the providers run there again. Every test is an
 * engine run of its own there, so {@code @BeforeAll} and {@code @AfterAll} surround each test. {@code @Nested}, {@code @ParameterizedTest}
 * and {@code @RepeatedTest} work; {@code @TestFactory} does not.
 *
 * <p>The system property {@code osgi.test.container} selects the VM of the framework. {@code native} (the default) is this VM. {@code
 * forked} is a VM of its own, which gets this VM's flags that begin with {@code --}. The test class path selects the framework, of which it
 * has exactly one. The tests carry the tag {@code osgi}.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("osgi")
@ExtendWith(OsgiExtension.class)
public @interface OsgiTest {}
