package dev.malloc9.testpolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.EventStatistics;
import org.junit.platform.testkit.engine.Events;

class SkipPolicyTest {

    static class Tolerant {
        @RegisterExtension
        static final SkipPolicy POLICY = new SkipPolicy(null);

        @Test
        void needsPackage() {
            abort("an example of a missing package");
        }
    }

    static class Strict {
        @RegisterExtension
        static final SkipPolicy POLICY = new SkipPolicy(SkipPolicy.ALL);

        @Test
        void needsPackage() {
            abort("an example of a missing package");
        }

        @Test
        @Tag(SkipPolicy.PLATFORM)
        void needsKernelFeature() {
            abort("an example of a missing feature");
        }
    }

    static class StrictSetUp {
        @RegisterExtension
        static final SkipPolicy POLICY = new SkipPolicy(SkipPolicy.ALL);

        @BeforeAll
        static void needsRoot() {
            abort("an example of a missing user");
        }

        @Test
        void works() {}
    }

    @Test
    void skipStaysSkipWithoutVariable() {
        testsOf(Tolerant.class).assertStatistics(counts -> counts.aborted(1).failed(0));
    }

    @Test
    void skipFailsIfAllIsRequired() {
        Events tests = testsOf(Strict.class);
        tests.assertStatistics(counts -> counts.failed(1).aborted(1));
        assertThat(tests.failed().list().getFirst().getTestDescriptor().getDisplayName())
                .isEqualTo("needsPackage()");
        assertThat(tests.aborted().list().getFirst().getTestDescriptor().getDisplayName())
                .isEqualTo("needsKernelFeature()");
    }

    @Test
    void skipOfClassFailsIfAllIsRequired() {
        run(StrictSetUp.class).containerEvents().assertStatistics((EventStatistics counts) -> counts.failed(1));
    }

    @Test
    void extensionIsRegisteredInThisModule() {
        assertThat(SkipPolicy.class.getResource("/META-INF/services/org.junit.jupiter.api.extension.Extension"))
                .isNotNull();
    }

    private static Events testsOf(Class<?> tests) {
        return run(tests).testEvents();
    }

    private static EngineExecutionResults run(Class<?> tests) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                .execute();
    }
}
