package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.runtime.LeakReport.Blocks;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.itests.drivers.TracerDriver;
import dev.malloc9.testkit.ClasspathBundles;
import dev.malloc9.testkit.MadeBundle;
import dev.malloc9.testkit.OsgiTest;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongFunction;
import org.apache.felix.service.command.CommandProcessor;
import org.junit.jupiter.api.Test;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Tests that two versions of one driver, with equal type names, can run at the same time. */
@OsgiTest
class TwoVersionsIT {

    public static Option[] options() {
        return new Option[] {Malloc9System.options(), version("tracer1", "1.0.0"), version("tracer2", "2.0.0")};
    }

    private static Option version(String file, String version) {
        return MadeBundle.of(file, TracerDriver.class)
                .header("Bundle-SymbolicName", "tracer")
                .header("Bundle-Version", version)
                .option();
    }

    @Test
    void versionsOfABundleAreCountedSeparately(
            BundleContext context, MallocRuntime runtime, CommandProcessor processor, Malloc ready) throws Exception {
        assertThat(ready).isNotNull();
        KernelView kernel = new KernelView(runtime);
        Bundle one = context.installBundle(ClasspathBundles.location("tracer1"));
        Bundle two = context.installBundle(ClasspathBundles.location("tracer2"));
        one.start();
        two.start();
        MemorySegment ofOne = door(context, one).apply(1_000);
        MemorySegment ofTwo = door(context, two).apply(2_000);
        assertThat(kernel.typeNames()).containsExactly("msgbuf", "temp", "tracer", "tracer");
        assertThat(kernel.typesOf(one)).extracting(TypeStats::allocated).containsExactly(64L + 1_024);
        assertThat(kernel.typesOf(two)).extracting(TypeStats::allocated).containsExactly(64L + 2_048);
        try (GogoSession session = new GogoSession(processor)) {
            assertThat(session.run("vmstat -m tracer").lines())
                    .containsExactly(
                            "         Type InUse MemUse HighUse Requests  Size(s)",
                            "       tracer     2     2K       -        2  64,1024",
                            "       tracer     2     3K       -        2  64,2048");
        }

        one.stop();
        assertThat(kernel.leakOf(one).owner().version()).isEqualTo("1.0.0");
        assertThat(kernel.leakOf(one).blocks())
                .containsExactly(new Blocks(64, 1), new Blocks(128, 1), new Blocks(1_024, 1));
        assertThatThrownBy(() -> ofOne.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        ofTwo.set(ValueLayout.JAVA_BYTE, 0, (byte) 7);
        assertThat(kernel.typesOf(two)).extracting(TypeStats::inUse).containsExactly(2L);

        two.uninstall();
        one.uninstall();
        assertThat(kernel.typeNames()).containsExactly("msgbuf", "temp");
    }

    @SuppressWarnings("unchecked") // the driver registers one service, a LongFunction
    private static LongFunction<MemorySegment> door(BundleContext context, Bundle tracer) {
        return (LongFunction<MemorySegment>) context.getService(tracer.getRegisteredServices()[0]);
    }
}
