package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OutsideFramework;
import java.net.URI;
import java.nio.file.Path;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/** Tests that a driver whose Declarative Services component does not work fails to load: with a message, exit code 1 and no remains. */
@SuppressWarnings("NullAway.Init") // boot() assigns the field before the first test
class ComponentLoadingIT {

    private static OutsideFramework framework;

    @BeforeAll
    static void boot() throws Exception {
        framework = Malloc9System.outside().start();
    }

    @AfterAll
    static void halt() throws Exception {
        framework.close();
    }

    @Test
    void activateMethodThatThrowsFailsTheLoad() throws Exception {
        assertThatThrownBy(() -> load(driver("thrower", Throwing.class)))
                .hasMessageStartingWith("can't load ")
                .hasMessageEndingWith(".jar: its component " + Throwing.class.getName()
                        + " failed to activate: java.lang.IllegalStateException: no card found");
        assertNotInstalled("thrower");
    }

    @Test
    void constructorThatThrowsFailsTheLoad() throws Exception {
        assertThatThrownBy(() -> load(driver("constructed", ThrowingInConstructor.class)))
                .hasMessageContaining("failed to activate: java.lang.IllegalStateException: no bus found");
        assertNotInstalled("constructed");
    }

    @Test
    void missingServiceFailsTheLoad() throws Exception {
        assertThatThrownBy(() -> load(driver("lonely", Lonely.class)))
                .hasMessageContaining("its component " + Lonely.class.getName() + " needs service "
                        + LongFunction.class.getName() + " (card=fast), which no loaded module provides");
        assertNotInstalled("lonely");
    }

    @Test
    void missingConfigurationFailsTheLoad() throws Exception {
        assertThatThrownBy(() -> load(driver("configured", Configured.class)))
                .hasMessageContaining("its component " + Configured.class.getName()
                        + " needs a configuration card.pid, and there is none");
        assertNotInstalled("configured");
    }

    @Test
    void wrongClassNameFailsTheLoad() throws Exception {
        MadeBundle driver = driver("misnamed", Working.class)
                .header("-dsannotations", "!*")
                .header("Service-Component", "OSGI-INF/card.xml")
                .header("-includeresource.card", "OSGI-INF/card.xml;literal='" + """
                        <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.4.0" name="card">\
                        <implementation class="no.such.Card"/></scr:component>'""");
        assertThatThrownBy(() -> load(driver))
                .hasMessageContaining("its component card names class no.such.Card, which cannot be loaded: ");
        assertNotInstalled("misnamed");
    }

    @Test
    void missingDescriptionFailsTheLoad() throws Exception {
        MadeBundle driver = driver("undescribed", Working.class)
                .header("-dsannotations", "!*")
                .header("Service-Component", "OSGI-INF/gone.xml")
                .header("-fixupmessages", "Service-Component");
        assertThatThrownBy(() -> load(driver))
                .hasMessageContaining("its components cannot be read (Service-Component: OSGI-INF/gone.xml)");
        assertNotInstalled("undescribed");
    }

    @Test
    void disabledComponentIsNoFailure() throws Exception {
        assertThat(load(driver("working", Working.class, Disabled.class))).startsWith("Loaded working, id=");
        framework.gogo("kldunload working");
        assertNotInstalled("working");
    }

    private static MadeBundle driver(String name, Class<?>... components) {
        return MadeBundle.of(name, components);
    }

    private static String load(MadeBundle driver) throws Exception {
        return framework.gogo("kldload '" + file(driver) + "'");
    }

    private static Path file(MadeBundle driver) {
        return Path.of(URI.create(driver.location()));
    }

    private static void assertNotInstalled(String name) {
        assertThat(Stream.of(framework.context().getBundles()).map(Bundle::getSymbolicName))
                .doesNotContain(name);
    }

    /** A component whose activation method throws an exception. */
    @Component(service = Runnable.class, immediate = true)
    public static final class Throwing implements Runnable {
        @Activate
        @SuppressWarnings("DoNotCallSuggester") // Declarative Services calls the method by reflection
        void activate() {
            throw new IllegalStateException("no card found");
        }

        @Override
        public void run() {}
    }

    /** A component whose constructor throws an exception. */
    @Component
    public static final class ThrowingInConstructor {
        @Activate
        public ThrowingInConstructor() {
            throw new IllegalStateException("no bus found");
        }
    }

    /** A component that requires a service that no bundle provides. */
    @Component
    public static final class Lonely {
        @Activate
        public Lonely(@Reference(target = "(card=fast)") LongFunction<String> card) {}
    }

    /** A component that requires a configuration, which does not exist. */
    @Component(configurationPid = "card.pid", configurationPolicy = ConfigurationPolicy.REQUIRE)
    public static final class Configured {}

    /** A component that starts without an error. */
    @Component
    public static final class Working {}

    /** A component that is disabled at first, and may be enabled later. */
    @Component(enabled = false)
    public static final class Disabled {
        @Activate
        public Disabled(@Reference LongFunction<String> card) {}
    }
}
