package dev.malloc9.shell.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A page of the manual.
 *
 * @param topic the subject of the page, by which it is looked up
 * @param section the section of the manual, as in FreeBSD: 1 and 8 for commands, 3 for libraries, 4 for kernel interfaces, 5 for file
 *     formats, 7 for conventions, 9 for the functions that drivers call
 * @param description the description on one line
 * @param body the lines of the sections after NAME
 */
public record Page(String topic, String section, String description, List<String> body) {

    private static final int WIDTH = 78;
    private static final String INDENT = "     ";

    /** Returns the line of the page in the list of topics. */
    public String entry() {
        return "%-14s %s".formatted(title(), description).stripTrailing();
    }

    /** Returns the lines of the page as it is shown: a head line, the section NAME, and the body. */
    public List<String> lines() {
        String head = title().toUpperCase(Locale.ROOT);
        String middle = "malloc9";
        int gap = Math.max(2, WIDTH - 2 * head.length() - middle.length());
        List<String> lines = new ArrayList<>();
        lines.add(head + " ".repeat(gap / 2) + middle + " ".repeat(gap - gap / 2) + head);
        lines.add("");
        lines.add("NAME");
        lines.add(INDENT + topic + " - " + description);
        lines.add("");
        lines.addAll(body);
        return lines;
    }

    /** Returns whether an operator means this page by the topic, with or without the section. */
    public boolean isAbout(String wanted) {
        return wanted.equals(topic) || wanted.equals(topic + "." + section) || wanted.equals(title());
    }

    /** Returns whether the topic or the description contains the word; upper and lower case are the same. */
    public boolean mentions(String word) {
        String part = word.toLowerCase(Locale.ROOT);
        return topic.toLowerCase(Locale.ROOT).contains(part)
                || description.toLowerCase(Locale.ROOT).contains(part);
    }

    /** Returns the topic with the section: {@code malloc(9)}. */
    public String title() {
        return topic + "(" + section + ")";
    }
}
