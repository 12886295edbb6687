package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.malloc9.api.runtime.LowMemoryHandler;
import dev.malloc9.api.sysctl.DriverKnob;
import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.KnobType;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.sysctl.SysctlConf;
import dev.malloc9.api.sysctl.SysctlFailed;
import dev.malloc9.testkit.OsgiTest;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationException;
import org.osgi.service.cm.ManagedService;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.MetaTypeService;
import org.osgi.service.metatype.ObjectClassDefinition;

/** Tests of the knobs as a configuration of the real Config Admin, described by the real Metatype service. */
@OsgiTest
class ConfigurationIT {

    private static final String RATE = "debug.malloc.failure_rate";
    private static final String DEPTH = "vm.malloc.sites_depth";

    private Configuration configuration;

    public static Option[] options() {
        return new Option[] {Malloc9System.options()};
    }

    @BeforeEach
    void open(ConfigurationAdmin admin, SysctlConf ready) throws Exception {
        assertThat(ready).isNotNull();
        configuration = admin.getConfiguration(SysctlConf.PID, "?");
    }

    @AfterEach
    void goBack(ConfigurationAdmin admin, Sysctl sysctl) throws Exception {
        admin.getConfiguration(SysctlConf.PID, "?").delete();
        assertThat(sysctl.readText(RATE))
                .as("a deleted configuration sets nothing")
                .isEqualTo("0");
    }

    @Test
    void updateActsAtOnceAndRestoresTheOmittedKnobs(Sysctl sysctl) throws Exception {
        configuration.update(properties(Map.of(RATE, 5, DEPTH, "7", "vm.memguard.desc", "nobody*")));
        assertThat(values(sysctl, RATE, DEPTH, "vm.memguard.desc")).containsExactly("5", "7", "nobody*");
        configuration.update(properties(Map.of(RATE, 6)));
        assertThat(values(sysctl, RATE, DEPTH, "vm.memguard.desc")).containsExactly("6", "4", "");
    }

    @Test
    void sysctlCommandIsWrittenToTheConfiguration(Sysctl sysctl, CommandProcessor processor) throws Exception {
        try (GogoSession session = new GogoSession(processor)) {
            assertThat(session.run("sysctl " + RATE + "=9 debug.vm_lowmem=1 " + DEPTH + "=0x8"))
                    .contains(RATE + ": 0 -> 9");
        }
        Dictionary<String, Object> kept = configuration.getProperties();
        assertThat(kept.get(RATE)).isEqualTo(9);
        assertThat(kept.get(DEPTH)).isEqualTo(8);
        assertThat(kept.get("debug.vm_lowmem")).as("an act is not kept").isNull();
        assertThat(values(sysctl, RATE, DEPTH)).containsExactly("9", "8");
    }

    @Test
    void eachWriteOfVmLowmemRunsTheHandlers(BundleContext context, SysctlConf conf) throws Exception {
        AtomicInteger events = new AtomicInteger();
        ServiceRegistration<LowMemoryHandler> handler =
                context.registerService(LowMemoryHandler.class, events::incrementAndGet, null);
        conf.writeText("debug.vm_lowmem", "1");
        conf.writeText("debug.vm_lowmem", "1");
        handler.unregister();
        assertThat(events).hasValue(2);
    }

    @Test
    void throwingDriverKnobKeepsNoOtherFromBeingSet(BundleContext context, Sysctl sysctl) throws Exception {
        ServiceRegistration<DriverKnob> driver = context.registerService(DriverKnob.class, new ThrowingKnob(), null);
        try {
            configuration.update(properties(Map.of(ThrowingKnob.NAME, 1, RATE, 3)));
            assertThat(sysctl.readText(RATE)).isEqualTo("3");
            assertThatExceptionOfType(ConfigurationException.class)
                    .isThrownBy(() -> managed(context).updated(configuration.getProperties()))
                    .satisfies(refused -> assertThat(refused.getReason())
                            .isEqualTo("oid '" + ThrowingKnob.NAME
                                    + "': its driver threw java.lang.IllegalStateException: no device"));
        } finally {
            driver.unregister();
        }
    }

    private static final class ThrowingKnob implements DriverKnob {

        static final String NAME = "debug.aaa_throwing";

        @Override
        public Knob knob() {
            return new Knob(NAME, KnobType.INT, Knob.CTLFLAG_RW, "I", "a knob whose driver throws", "", "0");
        }

        @Override
        public boolean set(long value) {
            throw new IllegalStateException("no device");
        }
    }

    /**
     * Config Admin may call {@code updated} late, from a thread of its own, with the state before a write. Four threads repeat such a call
     * with null.
     */
    @Test
    void lateConfigAdminCallDoesNotRevertAWrite(BundleContext context, SysctlConf conf, Sysctl sysctl)
            throws Exception {
        ManagedService managed = managed(context);
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> late = Stream.generate(() -> Thread.ofPlatform().start(() -> {
                    while (!done.get()) {
                        call(managed);
                    }
                }))
                .limit(4)
                .toList();
        try {
            for (int i = 0; i < 60; i++) {
                configuration.update(properties(Map.of(RATE, 5)));
                conf.writeText(DEPTH, "8");
                assertThat(configuration.getProperties().get(DEPTH)).isEqualTo(8);
                assertThat(sysctl.readText(DEPTH)).isEqualTo("8");
            }
        } finally {
            done.set(true);
            for (Thread thread : late) {
                thread.join();
            }
        }
    }

    @Test
    void keptValueIsSetInTheNextLifeOfTheKernel(BundleContext context, SysctlConf conf) throws Exception {
        conf.writeText(RATE, "11");
        Bundle kernel = Stream.of(context.getBundles())
                .filter(bundle -> "dev.malloc9.kernel".equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
        kernel.stop();
        kernel.start();
        Sysctl next = context.getService(context.getServiceReference(Sysctl.class));
        assertThat(next.readText(RATE)).isEqualTo("11");
    }

    @Test
    void refusedValuesAreNamedAndTheOthersAreSet(BundleContext context, Sysctl sysctl) throws Exception {
        ManagedService managed = managed(context);
        String hostile = "\n2026 ERROR forged \u001b[2J";
        configuration.update(properties(Map.of(
                RATE,
                3,
                DEPTH,
                99,
                "vm.kmem_size",
                "1g",
                "kern.malloc_count",
                hostile,
                "vm.memguard.desc",
                "x".repeat(1 << 20),
                "vm.memguard.options",
                new String[] {"1", "2"},
                "no.such.knob" + hostile,
                1)));
        assertThat(values(sysctl, RATE, DEPTH, "vm.memguard.desc")).containsExactly("3", "4", "");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> managed.updated(configuration.getProperties()))
                .satisfies(refused -> {
                    assertThat(refused.getProperty()).isEqualTo("kern.malloc_count");
                    assertThat(refused.getReason())
                            .contains(
                                    "oid 'kern.malloc_count' is read only: Operation not permitted",
                                    "oid 'vm.kmem_size' is a read only tunable: Operation not permitted",
                                    "oid '" + DEPTH + "': invalid integer '99': Invalid argument",
                                    "oid 'vm.memguard.options': several values where there is one")
                            .hasSizeLessThan(2_048);
                    assertThat(refused.getReason().chars()).noneMatch(Character::isISOControl);
                });
    }

    @Test
    void refusedWriteIsNotStored(SysctlConf conf) {
        assertThatExceptionOfType(SysctlFailed.class)
                .isThrownBy(() -> conf.writeText(DEPTH, "99"))
                .satisfies(failed -> assertThat(failed.errno()).isEqualTo(Errno.EINVAL));
        assertThat(configuration.getProperties()).isNull();
    }

    @Test
    void metatypeHasTheKnobsThatCanBeWrittenAndNoOthers(
            BundleContext context, MetaTypeService metatype, Sysctl sysctl) {
        Bundle config = Stream.of(context.getBundles())
                .filter(bundle -> "dev.malloc9.config".equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
        ObjectClassDefinition type =
                metatype.getMetaTypeInformation(config).getObjectClassDefinition(SysctlConf.PID, null);
        AttributeDefinition[] attributes = type.getAttributeDefinitions(ObjectClassDefinition.ALL);
        List<Knob> knobs = sysctl.knobs().stream().filter(Knob::isWritable).toList();
        assertThat(Arrays.stream(attributes).map(AttributeDefinition::getID))
                .containsExactlyElementsOf(knobs.stream().map(Knob::name).toList());
        for (int i = 0; i < attributes.length; i++) {
            assertThat(attributes[i].getDescription()).startsWith(knobs.get(i).description());
            assertThat(attributes[i].validate(sysctl.readText(knobs.get(i).name())))
                    .as(knobs.get(i).name())
                    .isEmpty();
        }
        AttributeDefinition depth = attribute(attributes, DEPTH);
        assertThat(depth.getType()).isEqualTo(AttributeDefinition.INTEGER);
        assertThat(depth.getDescription()).isEqualTo("frames of a site (in frames; 1 to 64)");
        assertThat(depth.getDefaultValue()).containsExactly("4");
        assertThat(depth.validate("65")).isEqualTo("'65' is no value: 1 to 64");
        AttributeDefinition level = attribute(attributes, "debug.malloc.level");
        assertThat(level.getOptionValues()).containsExactly("R", "I", "G");
        assertThat(level.validate("X\n")).isEqualTo("'X\\u000a' is no value: one of R, I, G");
    }

    private static AttributeDefinition attribute(AttributeDefinition[] attributes, String id) {
        return Arrays.stream(attributes)
                .filter(attribute -> attribute.getID().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static Dictionary<String, Object> properties(Map<String, Object> attributes) {
        return FrameworkUtil.asDictionary(attributes);
    }

    private static List<String> values(Sysctl sysctl, String... names) {
        return Stream.of(names).map(sysctl::readText).toList();
    }

    private static void call(ManagedService managed) {
        try {
            managed.updated(null);
        } catch (ConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ManagedService managed(BundleContext context) throws InvalidSyntaxException {
        return context.getService(
                context.getServiceReferences(ManagedService.class, "(service.pid=" + SysctlConf.PID + ")")
                        .iterator()
                        .next());
    }
}
