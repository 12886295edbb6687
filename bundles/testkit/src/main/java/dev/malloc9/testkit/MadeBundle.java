package dev.malloc9.testkit;

import static java.util.stream.Collectors.joining;

import aQute.bnd.osgi.Builder;
import aQute.bnd.osgi.Constants;
import aQute.bnd.osgi.Jar;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;

/**
 * A bundle that a test makes of a few of its own classes; bnd computes the manifest from their annotations, as it does for a module of the
 * build.
 *
 * <p>A class comes with the classes nested in it, and shares nothing with the test's own class of that name. The bundle is made outside, in
 * {@code options()} or in a test that drives an {@link OutsideFramework}:
 *
 * <pre>{@code
 * MadeBundle.of("thrower", ThrowingDriver.class).header("Bundle-Version", "2.0.0").option()    // outside
 * context.installBundle(ClasspathBundles.location("thrower"))                                  // inside
 * }</pre>
 */
public final class MadeBundle {

    private final String name;
    private final Map<String, String> headers = new TreeMap<>();

    private MadeBundle(String name) {
        this.name = name;
    }

    /**
     * Creates the description of a bundle of these classes. The name is also the symbolic name, unless a header sets another one.
     *
     * @throws IllegalArgumentException if a class does not come from a folder of classes
     */
    public static MadeBundle of(String name, Class<?>... classes) {
        return new MadeBundle(name)
                .header("Bundle-SymbolicName", name)
                .header("Import-Package", "!org.jspecify.*, *")
                .header(
                        Constants.INCLUDERESOURCE,
                        Stream.of(classes).flatMap(MadeBundle::resources).collect(joining(",")));
    }

    /** Sets a header or an instruction of bnd, in place of an earlier value. */
    public MadeBundle header(String header, String value) {
        headers.put(header, value);
        return this;
    }

    /**
     * Makes the bundle and returns an option by which {@link ClasspathBundles#location} finds it inside by its name. The bundle is not
     * installed.
     *
     * @throws IllegalArgumentException if bnd cannot make the bundle
     */
    public Option option() {
        return CoreOptions.frameworkProperty(ClasspathBundles.PROPERTY_PREFIX + name)
                .value(location());
    }

    /**
     * Makes the bundle and returns its URL. The file is deleted when this VM ends.
     *
     * @throws IllegalArgumentException if bnd cannot make the bundle, with the messages of bnd
     */
    public String location() {
        try (Builder bnd = new Builder()) {
            for (String bundle : ClasspathBundles.locations().values()) {
                bnd.addClasspath(new File(URI.create(bundle.replaceFirst("^reference:", ""))));
            }
            headers.forEach(bnd::setProperty);
            Jar jar = bnd.build();
            if (!bnd.isOk()) {
                throw new IllegalArgumentException("bundle " + name + ": " + bnd.getErrors());
            }
            Path file = Files.createTempFile(name + "-", ".jar");
            file.toFile().deleteOnExit();
            jar.write(file.toFile());
            return file.toUri().toString();
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalArgumentException("bundle " + name + " cannot be made", e);
        }
    }

    /**
     * Returns bnd's {@code path=file} clauses for a class and the classes nested in it.
     *
     * @throws IllegalArgumentException if the class does not come from a folder of classes
     */
    private static Stream<String> resources(Class<?> type) {
        String folder = type.getPackageName().replace('.', '/');
        String stem = type.getName().substring(type.getPackageName().length() + 1);
        Predicate<String> own =
                Pattern.compile(Pattern.quote(stem) + "(\\$.*)?\\.class").asMatchPredicate();
        try {
            URI classes =
                    type.getProtectionDomain().getCodeSource().getLocation().toURI();
            try (Stream<Path> files = Files.list(Path.of(classes.resolve(folder)))) {
                return files
                        .filter(file -> own.test(file.getFileName().toString()))
                        .map(file -> folder + '/' + file.getFileName() + '=' + file)
                        .toList()
                        .stream();
            }
        } catch (IOException | URISyntaxException e) {
            throw new IllegalArgumentException(type + " is not in a folder of classes", e);
        }
    }
}
