package dev.malloc9.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

/** Tests that reachable class loaders are reported with their name and holder, and that collected class loaders are not reported. */
class ClassLoadersTest {

    private final ClassLoaders loaders = new ClassLoaders();

    @Test
    void unreferencedClassLoaderIsCollected() {
        loaders.watch(newLoader(), "lost");
        loaders.assertCollected();
    }

    @Test
    void referencedClassLoaderIsNamed() {
        ClassLoader held = newLoader();
        loaders.watch(held, "held");
        loaders.watch(newLoader(), "lost");
        assertThatThrownBy(loaders::assertCollected)
                .isInstanceOf(AssertionFailedError.class)
                .hasMessageStartingWith("1 of 2 class loaders")
                .hasMessageContaining("held")
                .hasMessageNotContaining("lost");
        assertThat(held).isNotNull();
    }

    @Test
    void threadThatHoldsTheLoaderIsNamed() throws InterruptedException {
        expectItNamedWhileItRuns();
        loaders.assertCollected();
    }

    private void expectItNamedWhileItRuns() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Thread holder = start(end);
        assertThatThrownBy(loaders::assertCollected).hasMessageContaining("held by thread 'holder'");
        end.countDown();
        holder.join();
    }

    private Thread start(CountDownLatch end) {
        ClassLoader loader = newLoader();
        loaders.watch(loader, "carried");
        Thread holder = Thread.ofPlatform().name("holder").unstarted(() -> awaitQuietly(end));
        holder.setContextClassLoader(loader);
        holder.start();
        return holder;
    }

    private static void awaitQuietly(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ClassLoader newLoader() {
        return new URLClassLoader(new URL[0], null);
    }
}
