package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.runtime.EventTopics;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.itests.drivers.Greeter;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OsgiTest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventConstants;
import org.osgi.service.event.EventHandler;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;
import org.osgi.service.log.Logger;
import org.osgi.service.log.admin.LoggerAdmin;
import org.osgi.service.log.admin.LoggerContext;

/** Tests that the real Event Admin and log receive the events of the life of a driver. */
@OsgiTest
class EventsIT {

    /**
     * The name of a type. Unescaped, it would begin a line of its own and be shown from right to left. The kernel would refuse a control
     * character.
     */
    private static final String HOSTILE = "evil\u202e\u2028panic: forged";

    private static final String HARMLESS = "evil\\u202e\\u2028panic: forged";

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private ServiceRegistration<EventHandler> handler;

    public static Option[] options() {
        return new Option[] {
            Malloc9System.options(),
            MadeBundle.of("hostile", Greeter.class)
                    .header("Bundle-Activator", "dev.malloc9.api.DriverActivator")
                    .header("Malloc9-Activator", Greeter.class.getName())
                    .header("Import-Package", "dev.malloc9.api, *")
                    .header("Provide-Capability", "malloc9.type;malloc9.type='" + HOSTILE + "';magic:Long=877983977")
                    .option()
        };
    }

    @BeforeEach
    void listen(BundleContext context, Malloc ready) {
        assertThat(ready).isNotNull();
        handler = context.registerService(
                EventHandler.class,
                events::add,
                FrameworkUtil.asDictionary(Map.of(EventConstants.EVENT_TOPIC, "malloc9/*")));
    }

    @AfterEach
    void ignore() {
        handler.unregister();
    }

    @Test
    void leakingDriverSendsTypeAndLeakEvents(BundleContext context) throws Exception {
        Bundle leaky = context.installBundle(ClasspathBundles.location("dev.malloc9.samples.leaky"));
        leaky.start();
        Event registered = next(EventTopics.TYPE_REGISTERED);
        assertThat(registered.getProperty(EventTopics.TYPE)).isEqualTo("leaky");
        assertThat(registered.getProperty(EventConstants.BUNDLE_ID)).isEqualTo(leaky.getBundleId());
        assertThat(registered.getProperty(EventConstants.BUNDLE_SYMBOLICNAME)).isEqualTo("dev.malloc9.samples.leaky");
        assertThat(registered.getProperty(EventConstants.BUNDLE_VERSION)).isEqualTo(leaky.getVersion());
        assertThat(registered.getProperty(EventConstants.TIMESTAMP)).isInstanceOf(Long.class);
        leaky.uninstall();
        Event leak = next(EventTopics.LEAK_DETECTED);
        assertThat(List.of(
                        leak.getProperty(EventTopics.TYPE),
                        leak.getProperty(EventTopics.ALLOCATIONS),
                        leak.getProperty(EventTopics.BYTES)))
                .containsExactly("leaky", 3L, 6_144L);
        assertThat(next(EventTopics.TYPE_UNREGISTERED).getProperty(EventTopics.TYPE))
                .isEqualTo("leaky");
    }

    @Test
    void panicSendsAnEventAndIsLoggedInOneLine(BundleContext context, LogReaderService log) throws Exception {
        BlockingQueue<LogEntry> entries = new LinkedBlockingQueue<>();
        LogListener listener = entry -> {
            if ("malloc9".equals(entry.getLoggerName()) && entry.getMessage().startsWith("panic: ")) {
                entries.add(entry);
            }
        };
        log.addLogListener(listener);
        Bundle garbage = context.installBundle(ClasspathBundles.location("dev.malloc9.samples.garbage"));
        try {
            garbage.start();
        } catch (BundleException refused) {
            assertThat(refused).rootCause().hasMessageStartingWith("malloc_init: bad malloc type magic");
        }
        Event panic = next(EventTopics.PANIC);
        assertThat(panic.getProperty(EventTopics.MESSAGE)).asString().startsWith("malloc_init: bad malloc type magic");
        assertThat(panic.getProperty("exception.class")).isEqualTo("dev.malloc9.api.KernelPanic");
        LogEntry entry = entries.poll(10, TimeUnit.SECONDS);
        assertThat(entry).isNotNull();
        assertThat(entry.getMessage().chars()).noneMatch(Character::isISOControl);
        garbage.uninstall();
        log.removeLogListener(listener);
    }

    @Test
    void controlCharactersOfATypeAreEscapedInTheLog(BundleContext context, LogReaderService log, LoggerAdmin levels)
            throws Exception {
        BlockingQueue<LogEntry> entries = new LinkedBlockingQueue<>();
        LogListener listener = entry -> {
            if (entry.getMessage().contains("evil")) {
                entries.add(entry);
            }
        };
        log.addLogListener(listener);
        LoggerContext root = levels.getLoggerContext(null);
        Map<String, LogLevel> former = root.getLogLevels();
        root.setLogLevels(Map.of(Logger.ROOT_LOGGER_NAME, LogLevel.INFO));
        try {
            Bundle hostile = context.installBundle(ClasspathBundles.location("hostile"));
            hostile.start();
            hostile.uninstall();
            assertThat(next(EventTopics.TYPE_REGISTERED).getProperty(EventTopics.TYPE))
                    .isEqualTo(HOSTILE);
            next(EventTopics.TYPE_UNREGISTERED);
            for (String what : List.of(" registered", " unregistered")) {
                LogEntry entry = entries.poll(10, TimeUnit.SECONDS);
                assertThat(entry).isNotNull();
                assertThat(entry.getMessage()).startsWith("hostile ").endsWith(what + " type " + HARMLESS);
                assertThat(entry.getLoggerName()).isEqualTo(HARMLESS);
                assertThat(entry.getLogLevel()).isEqualTo(LogLevel.INFO);
            }
        } finally {
            root.setLogLevels(former);
            log.removeLogListener(listener);
        }
    }

    @Test
    void exceededSoftLimitSendsOneEvent(BundleContext context, MallocOperator operator) throws Exception {
        Bundle leaky = context.installBundle(ClasspathBundles.location("dev.malloc9.samples.leaky"));
        leaky.start();
        next(EventTopics.TYPE_REGISTERED);
        operator.limit(
                new ModuleId("dev.malloc9.samples.leaky", leaky.getVersion().toString(), leaky.getBundleId()),
                "leaky",
                1_000,
                0);
        Event passed = next(EventTopics.QUOTA_EXCEEDED);
        assertThat(passed.getProperty(EventTopics.LIMIT)).isEqualTo(1_000L);
        assertThat(passed.getProperty(EventTopics.USED)).isEqualTo(6_144L);
        leaky.uninstall();
        next(EventTopics.LEAK_DETECTED);
        next(EventTopics.TYPE_UNREGISTERED);
    }

    /**
     * Returns the next event, and checks its topic. Events arrive in the order in which they happened. Fails after 10 seconds without one.
     */
    private Event next(String topic) throws InterruptedException {
        Event event = events.poll(10, TimeUnit.SECONDS);
        assertThat(event).as(topic).isNotNull();
        assertThat(event.getTopic()).isEqualTo(topic);
        return event;
    }
}
