package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the driver mbuf in the distribution: its command, its knobs and its manual page. */
@Tag("script")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "felix-config/run is a POSIX script")
class MbufIT {

    @TempDir
    private Path folder;

    @Test
    void driverAddsAndRemovesCommandKnobsAndPage() throws Exception {
        Distribution.Run run = Distribution.run(
                folder,
                "-c",
                "kldload mbuf; sysctl kern.ipc.nmbclusters=70000; netstat -m; man netstat; kldunload mbuf; leaks");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.lines())
                .containsSubsequence(
                        "0/0/0 mbufs in use (current/cache/total)",
                        "0/0/0/70000 mbuf clusters in use (current/cache/total/max)",
                        "0K/0K/0K bytes allocated to network (current/cache/total)",
                        "0 calls to protocol drain routines",
                        "     netstat - shows the memory of network buffers",
                        "Unloaded mbuf",
                        "no leaks");
    }

    /** A forced unload of mbuf removes its service, and also the mbufs that another driver has taken from it. */
    @Test
    void forcedUnloadOfMbufLeaksNothing() throws Exception {
        Distribution.Run run = Distribution.run(
                folder, "-c", "kldload mbuf; kldload ether; ether:replay; kldunload -f mbuf; vmstat -m; leaks");
        assertThat(run.out()).contains("no leaks").doesNotContain("Warning");
    }

    @Test
    void aLimitIsNotLoweredAndGoesWithTheDriver() throws Exception {
        Distribution.Run lowered = Distribution.run(folder, "-c", "kldload mbuf; sysctl kern.ipc.nmbclusters=1");
        assertThat(lowered.exit()).isEqualTo(1);
        assertThat(lowered.err()).contains("kern.ipc.nmbclusters").contains("Invalid argument");
        Distribution.Run gone =
                Distribution.run(folder, "-c", "kldload mbuf; kldunload mbuf; sysctl kern.ipc.nmbclusters");
        assertThat(gone.exit()).isEqualTo(1);
        assertThat(gone.err()).contains("unknown oid 'kern.ipc.nmbclusters'");
    }
}
