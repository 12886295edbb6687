package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests that no bnd instructions have two lines with the same key. bnd would use the second line and print no warning. */
class BndFilesTest {

    private static final Path ROOT = Path.of("..", "..");

    /** The bnd instructions in a POM. */
    private static final Pattern EMBEDDED = Pattern.compile("<bnd><!\\[CDATA\\[(.*?)]]></bnd>", Pattern.DOTALL);

    @Test
    void bndFilesHaveNoDuplicateKey() throws IOException {
        List<String> found = new ArrayList<>();
        int[] instructions = {0};
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = String.valueOf(folder.getFileName());
                return name.equals("target") || name.equals("src") || name.equals(".git")
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = String.valueOf(file.getFileName());
                List<String> texts = List.of();
                if (name.endsWith(".bnd")) {
                    texts = List.of(Files.readString(file));
                } else if (name.equals("pom.xml")) {
                    texts = EMBEDDED.matcher(Files.readString(file))
                            .results()
                            .map(match -> match.group(1))
                            .toList();
                }
                for (String text : texts) {
                    instructions[0]++;
                    twice(text).forEach(key -> found.add(file + ": " + key));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(found).isEmpty();
        assertThat(instructions[0]).as("bnd.bnd files, and the parent POM").isGreaterThan(8);
    }

    @Test
    void duplicateKeyIsFound() throws IOException {
        assertThat(twice("""
                Import-Package: org.osgi.service.event;resolution:=optional, \\
                 !org.jspecify.*, *
                # A comment.
                Bundle-Name: one
                Import-Package = jdk.jfr.*;resolution:=optional, *
                """)).containsExactly("Import-Package");
    }

    private static List<String> twice(String instructions) throws IOException {
        List<String> twice = new ArrayList<>();
        new Properties() {
            private static final long serialVersionUID = 1L;

            @Override
            public synchronized Object put(Object key, Object value) {
                if (containsKey(key)) {
                    twice.add(key.toString());
                }
                return super.put(key, value);
            }
        }.load(new StringReader(instructions));
        return twice;
    }
}
