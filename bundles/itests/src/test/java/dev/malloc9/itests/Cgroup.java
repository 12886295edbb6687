package dev.malloc9.itests;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.opentest4j.TestAbortedException;

/** A cgroup, of version 1 or 2, with a memory limit, that a test creates and removes. */
final class Cgroup implements AutoCloseable {

    private static final Path TOP = Path.of("/sys/fs/cgroup");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path folder;

    private Cgroup(Path folder) {
        this.folder = folder;
    }

    /** Creates a cgroup with a limit in bytes. If that fails, for example without the right to do so, the test is skipped. */
    static Cgroup ofBytes(long limit) {
        boolean v1 = Files.isDirectory(TOP.resolve("memory"));
        Path folder = (v1 ? TOP.resolve("memory") : TOP)
                .resolve("malloc9-" + ProcessHandle.current().pid());
        try {
            if (!v1) {
                Files.writeString(TOP.resolve("cgroup.subtree_control"), "+memory");
            }
            Files.createDirectory(folder);
            Files.writeString(folder.resolve(v1 ? "memory.limit_in_bytes" : "memory.max"), Long.toString(limit));
        } catch (IOException e) {
            throw new TestAbortedException("no cgroup can be made: " + e, e);
        }
        return new Cgroup(folder);
    }

    /** Returns the file to which a process writes its process number to enter the cgroup. */
    Path processes() {
        return folder.resolve("cgroup.procs");
    }

    /** Removes the cgroup. Waits for up to 10 seconds until the operating system has removed its last process. */
    @Override
    public void close() throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                Files.delete(folder);
                return;
            } catch (DirectoryNotEmptyException e) {
                throw e;
            } catch (FileSystemException busy) {
                if (System.nanoTime() > deadline) {
                    throw busy;
                }
                Thread.onSpinWait();
            }
        }
    }
}
