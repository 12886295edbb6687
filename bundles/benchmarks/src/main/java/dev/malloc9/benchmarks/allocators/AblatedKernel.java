package dev.malloc9.benchmarks.allocators;

import dev.malloc9.benchmarks.allocators.Ablation.Cut;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The compiler of kernel classes without some parts of the fast path. A class path that begins with the compiled classes has the changed
 * kernel. The shipped kernel contains no switch for these parts.
 */
public final class AblatedKernel {

    private static final String PACKAGE = "dev/malloc9/malloc/";

    private AblatedKernel() {}

    /**
     * Compiles the changed classes.
     *
     * @param sources the folder of the kernel's main sources
     * @param ablations the parts to leave out
     * @param classes the folder that takes the changed sources and the compiled classes; it is created if necessary
     * @throws IOException if a source cannot be read or a changed source cannot be written
     * @throws IllegalStateException if a source does not contain the text of a cut exactly once, if this JVM has no compiler, or if the
     *     compilation or the write of a class fails
     */
    public static void compile(Path sources, List<Ablation> ablations, Path classes) throws IOException {
        Map<String, String> changed = new LinkedHashMap<>();
        for (Ablation ablation : ablations) {
            for (Cut cut : ablation.cuts()) {
                String before = changed.get(cut.source());
                String source = before == null ? Files.readString(file(sources, cut), StandardCharsets.UTF_8) : before;
                changed.put(cut.source(), cut(source, cut));
            }
        }
        Files.createDirectories(classes);
        List<Path> files = new ArrayList<>();
        for (Map.Entry<String, String> source : changed.entrySet()) {
            Path file = classes.resolve(source.getKey().replaceFirst(".*/", "") + ".java");
            files.add(Files.writeString(file, source.getValue(), StandardCharsets.UTF_8));
        }
        compile(files, classes);
    }

    private static Path file(Path sources, Cut cut) {
        return sources.resolve(PACKAGE + cut.source() + ".java");
    }

    private static String cut(String source, Cut cut) {
        int at = source.indexOf(cut.text());
        if (at < 0 || source.indexOf(cut.text(), at + 1) >= 0) {
            throw new IllegalStateException(cut.source() + ".java does not contain once: " + cut.text());
        }
        return source.replace(cut.text(), cut.replacement());
    }

    private static void compile(List<Path> files, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("this Java has no compiler: it is no JDK");
        }
        StringWriter errors = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> options =
                    List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
            if (!compiler.getTask(errors, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
                    .call()) {
                throw new IllegalStateException("the kernel without some parts does not compile: " + errors);
            }
        }
    }
}
