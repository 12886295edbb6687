package malloc9.shell;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;

/**
 * Looks whether the watched folder itself is there. File Install reports neither that it has gone nor the files that
 * went with it; {@link LoadFolder} is told of both ends of such an absence.
 */
final class FolderWatch implements AutoCloseable {

    /** The folder as File Install reads it, with escapes; the launcher gives it without them, too. */
    private static final String FOLDER = "felix.fileinstall.dir";

    private static final String LITERAL_FOLDER = "malloc9.load";
    private static final String POLL = "felix.fileinstall.poll";
    private static final String STANDARD_POLL = "2000";

    private final LoadFolder files;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("malloc9 folder").factory());

    /** The number of looks in a row that make an absence; one that misses the folder may fall into its replacement by renaming. */
    private static final int ABSENCE = 2;

    /** The number of looks in a row that have not found the folder. */
    private int missed;

    private FolderWatch(LoadFolder files) {
        this.files = files;
    }

    /** Begins to look for the folder that File Install watches; returns null if it watches none. */
    static @Nullable FolderWatch start(BundleContext context, LoadFolder files) {
        String literal = context.getProperty(LITERAL_FOLDER);
        String folder = literal == null ? context.getProperty(FOLDER) : literal;
        if (folder == null) {
            return null;
        }
        FolderWatch watch = new FolderWatch(files);
        Path watched = Path.of(folder);
        long millis = poll(context.getProperty(POLL));
        var _ = watch.clock.scheduleWithFixedDelay(() -> watch.look(watched), millis, millis, TimeUnit.MILLISECONDS);
        return watch;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private void look(Path folder) {
        if (Files.isDirectory(folder)) {
            missed = 0;
            files.folderThere();
        } else if (++missed >= ABSENCE) {
            // Each time: between two looks the folder may have come, been filled, and gone again.
            files.folderVanished();
        }
    }

    private static long poll(@Nullable String property) {
        String millis = property == null ? STANDARD_POLL : property.strip();
        return millis.matches("[1-9][0-9]{0,8}") ? Long.parseLong(millis) : Long.parseLong(STANDARD_POLL);
    }
}
