package dev.malloc9.shell.manual;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The manual: the files {@code man/TOPIC.SECTION} of all resolved bundles. A driver therefore brings its own pages.
 *
 * <p>The file of a command's page has no section NAME, because the command's service provides the description. Any other file begins with
 * its description, on a line of its own. A page is a command's page if it is in section 1 or 8 and the command's service is registered. If
 * the service is not registered, the page says so in place of the description.
 */
@Component(service = Manual.class)
public final class Manual {

    private static final String FOLDER = "man/";

    /**
     * The sections about commands. In another section, a topic with the name of a command is a page of its own, as memguard(9) beside
     * memguard(8).
     */
    private static final Set<String> COMMANDS = Set.of("1", "8");

    /** The first line of a file without a description. */
    private static final String SYNOPSIS = "SYNOPSIS";

    private static final String NOT_REGISTERED = "the command is not registered: its bundle does not run";

    private final BundleContext context;
    private final Commands commands;

    @Activate
    public Manual(BundleContext context, @Reference Commands commands) {
        this.context = context;
        this.commands = commands;
    }

    /**
     * Returns all pages, sorted by topic and section. The files are read at each call.
     *
     * @throws UncheckedIOException if a page cannot be read
     */
    public List<Page> pages() {
        List<Page> pages = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            boolean resolved = (bundle.getState() & (Bundle.INSTALLED | Bundle.UNINSTALLED)) == 0;
            Enumeration<String> paths = resolved ? bundle.getEntryPaths(FOLDER) : null;
            while (paths != null && paths.hasMoreElements()) {
                String path = paths.nextElement();
                if (path.lastIndexOf('.') > FOLDER.length()) {
                    pages.add(read(bundle, path));
                }
            }
        }
        pages.sort(Comparator.comparing(Page::topic).thenComparing(Page::section));
        return pages;
    }

    /**
     * Returns the page about a topic, which may be written {@code malloc}, {@code malloc.9} or {@code malloc(9)}; empty if there is none.
     * Without a section, the page of the lowest section is returned.
     *
     * @throws UncheckedIOException if any page cannot be read
     */
    public Optional<Page> page(String topic) {
        return pages().stream().filter(page -> page.isAbout(topic)).findFirst();
    }

    private Page read(Bundle bundle, String path) {
        int dot = path.lastIndexOf('.');
        String topic = path.substring(FOLDER.length(), dot);
        String section = path.substring(dot + 1);
        List<String> lines = text(bundle.getEntry(path)).lines().toList();
        if (!lines.isEmpty()
                && lines.getFirst().equals(SYNOPSIS)
                && commands.find(topic).isEmpty()) {
            return new Page(topic, section, NOT_REGISTERED, lines);
        }
        return (COMMANDS.contains(section) ? commands.find(topic) : Optional.<Command>empty())
                .map(command -> new Page(topic, section, command.description(), lines))
                .orElseGet(() -> new Page(
                        topic,
                        section,
                        lines.stream().findFirst().orElse(""),
                        lines.stream().skip(1).dropWhile(String::isBlank).toList()));
    }

    private static String text(URL file) {
        try (InputStream in = file.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
