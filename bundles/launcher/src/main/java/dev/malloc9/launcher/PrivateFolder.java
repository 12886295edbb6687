package dev.malloc9.launcher;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** The temporary folder of one process, which contains the framework's storage and everything else that is deleted with the process. */
final class PrivateFolder {

    private static final String PREFIX = "malloc9.";

    private final Path folder;

    private PrivateFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Creates a folder with a unique name that only the current user can read.
     *
     * @param parent the folder in which it is created
     * @throws BootFailed if the parent is not a folder, or the folder cannot be created
     */
    static PrivateFolder create(String parent) throws BootFailed {
        try {
            if (!Files.isDirectory(Path.of(parent))) {
                throw new BootFailed("TMPDIR is not a folder: " + parent);
            }
            return new PrivateFolder(Files.createTempDirectory(Path.of(parent).toAbsolutePath(), PREFIX));
        } catch (IOException | InvalidPathException e) {
            throw new BootFailed("cannot create a folder in TMPDIR", e);
        }
    }

    /** Returns the path of a file or folder in this folder. Nothing is created. */
    Path resolve(String name) {
        return folder.resolve(name);
    }

    /** Deletes the folder with its content. If another thread creates a file meanwhile, a second pass deletes the file. */
    void delete() {
        for (int pass = 0; pass < 2 && Files.exists(folder); pass++) {
            try {
                Files.walkFileTree(folder, new Deletion());
            } catch (IOException changed) {
                // The next pass finds the changed content. If the second pass fails too, the folder stays.
            }
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path emptied, @Nullable IOException failure) throws IOException {
            Files.deleteIfExists(emptied);
            return FileVisitResult.CONTINUE;
        }
    }
}
