package dev.malloc9.trace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** A recording that runs from its construction to its close, or until a test asks for its events. */
public final class Recorded implements AutoCloseable {

    private final Recording recording;

    /**
     * Starts a recording.
     *
     * @param settings the settings in the format of {@code jcmd}, with keys like {@code malloc9.Malloc#types}
     */
    public Recorded(Map<String, String> settings) {
        recording = new Recording(settings);
        recording.start();
    }

    /** Starts a recording of both probes of the given types. */
    public static Recorded probes(String types) {
        return new Recorded(settings(types));
    }

    /** Returns the settings that enable both probes of the given types. */
    public static Map<String, String> settings(String types) {
        return Map.of(
                "malloc9.Malloc#enabled",
                "true",
                "malloc9.Malloc#types",
                types,
                "malloc9.Free#enabled",
                "true",
                "malloc9.Free#types",
                types);
    }

    /** Changes the settings of the running recording. */
    public void change(Map<String, String> settings) {
        recording.setSettings(settings);
    }

    /** Ends the recording, and returns its events of malloc9 with the given name. */
    public List<RecordedEvent> events(String name) {
        return events().stream()
                .filter(event -> event.getEventType().getName().equals("malloc9." + name))
                .toList();
    }

    /** Ends the recording, and returns all its events of malloc9, in order of time. */
    public List<RecordedEvent> events() {
        try {
            Path file = Files.createTempFile("malloc9", ".jfr");
            try {
                if (recording.getState() == RecordingState.RUNNING) {
                    recording.stop();
                }
                recording.dump(file);
                return RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().startsWith("malloc9."))
                        .toList();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        recording.close();
    }
}
