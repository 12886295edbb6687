package dev.malloc9.shell;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;

/**
 * A timer that checks whether the watched folder itself exists, and reports its presence or absence to {@link LoadFolder}.
 *
 * <p>File Install reports neither that the folder has been removed nor that its files were removed with the folder.
 */
final class FolderWatch implements AutoCloseable {

    /**
     * The framework property with the folder in File Install's syntax, with escapes, which this class does not resolve. The launcher also
     * sets the unescaped {@code malloc9.load}, which is preferred.
     */
    private static final String FOLDER = "felix.fileinstall.dir";

    private static final String LITERAL_FOLDER = "malloc9.load";
    private static final String POLL = "felix.fileinstall.poll";
    private static final String STANDARD_POLL = "2000";

    private final LoadFolder files;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("malloc9 folder").factory());

    /**
     * The number of successive checks without the folder that count as an absence. A single check may miss the folder while another one is
     * renamed into its place.
     */
    private static final int ABSENCE = 2;

    /** The number of successive checks that have not found the folder. Only the timer's thread uses it. */
    private int missed;

    private FolderWatch(LoadFolder files) {
        this.files = files;
    }

    /**
     * Starts to check the folder that File Install watches, at File Install's poll interval; every two seconds if the interval is not
     * valid. Returns null if neither framework property names a folder.
     */
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
            // The absence is reported at each further check: between two checks the folder may have been created,
            // filled and removed again.
            files.folderVanished();
        }
    }

    private static long poll(@Nullable String property) {
        String millis = property == null ? STANDARD_POLL : property.strip();
        return millis.matches("[1-9][0-9]{0,8}") ? Long.parseLong(millis) : Long.parseLong(STANDARD_POLL);
    }
}
