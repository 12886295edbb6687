package dev.malloc9.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The smallest memory limit of the cgroups that contain this process, of version 1 and 2.
 *
 * <p>{@code /proc/self/cgroup} names the process's cgroup in each hierarchy. {@code /proc/self/mountinfo} names the folder where a
 * hierarchy is mounted. A limit of an outer cgroup also applies to the cgroups inside it, so all of them are read. Version 1 reports an
 * absent limit as a number close to 2^63, which is taken as it is.
 */
final class CgroupLimit {

    private static final String V2_FILE = "memory.max";
    private static final String V1_FILE = "memory.limit_in_bytes";

    /**
     * A line of mountinfo. The groups 1 and 2 are the fields 4 and 5 (root and mount point). The groups 3 and 4 follow the hyphen: the
     * type of the file system and the last field.
     */
    private static final Pattern MOUNT = Pattern.compile("\\S+ \\S+ \\S+ (\\S+) (\\S+) .*- (cgroup2?) \\S+ (\\S+)");

    /** A character that mountinfo writes as an octal number: a blank, a tab, a line feed or a backslash. */
    private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

    private final Path root;

    /**
     * Creates a reader.
     *
     * @param root the folder that contains {@code proc} and the mount points; {@code /} except in tests
     */
    CgroupLimit(Path root) {
        this.root = root;
    }

    /** Returns the limit in bytes; {@link MemoryLimits#NONE} if there is none or it cannot be read. */
    long bytes() {
        long smallest = MemoryLimits.NONE;
        for (String line : ProcFiles.lines(root.resolve("proc/self/mountinfo"))) {
            List<MatchResult> found = MOUNT.matcher(line).results().toList();
            if (!found.isEmpty()) {
                smallest = Math.min(smallest, under(found.getFirst()));
            }
        }
        return smallest;
    }

    /** Returns the smallest limit from the mount point down to the process's cgroup; NONE if this hierarchy does not control memory. */
    private long under(MatchResult mount) {
        boolean v2 = mount.group(3).equals("cgroup2");
        if (!v2 && !contains(mount.group(4), "memory")) {
            return MemoryLimits.NONE;
        }
        Path top = root.resolve(relative(unescape(mount.group(2)))).normalize();
        Path folder = top.resolve(relative(below(unescape(mount.group(1)), pathOfProcess(v2))))
                .normalize();
        long smallest = MemoryLimits.NONE;
        // In a cgroup namespace, the path can lead out of the mount. It then has no folder here, and only the mount
        // point is read.
        for (Path at = folder.startsWith(top) ? folder : top; at != null && at.startsWith(top); at = at.getParent()) {
            smallest = Math.min(smallest, limit(at.resolve(v2 ? V2_FILE : V1_FILE)));
        }
        return smallest;
    }

    /** Returns the path of the process's cgroup in version 2, or in the version 1 hierarchy that controls memory; "/" if it is unknown. */
    private String pathOfProcess(boolean v2) {
        for (String line : ProcFiles.lines(root.resolve("proc/self/cgroup"))) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && (v2 ? line.startsWith("0::") : contains(fields[1], "memory"))) {
                return fields[2];
            }
        }
        return "/";
    }

    /**
     * Returns the path relative to the mounted part of the hierarchy. If the path lies outside that part, returns "/", the mounted part
     * itself.
     */
    private static String below(String mounted, String path) {
        if (mounted.equals("/")) {
            return path;
        }
        return path.startsWith(mounted + "/") ? path.substring(mounted.length()) : "/";
    }

    /** Returns the limit in a file, in bytes; NONE if the file says "max", is missing or holds no number. */
    private static long limit(Path file) {
        try {
            String text = Files.readString(file).strip();
            return text.equals("max") ? MemoryLimits.NONE : Long.parseLong(text);
        } catch (IOException | NumberFormatException none) {
            return MemoryLimits.NONE;
        }
    }

    private static boolean contains(String list, String word) {
        return Arrays.asList(list.split(",", -1)).contains(word);
    }

    private static String relative(String absolute) {
        return absolute.replaceFirst("^/+", "");
    }

    private static String unescape(String field) {
        return ESCAPE.matcher(field)
                .replaceAll(
                        octal -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
    }
}
