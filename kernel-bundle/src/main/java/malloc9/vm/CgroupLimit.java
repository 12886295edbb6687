package malloc9.vm;

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
 * <p>{@code /proc/self/cgroup} names the process's cgroup in each hierarchy, {@code /proc/self/mountinfo} the folder where a
 * hierarchy is mounted. A limit of an outer cgroup holds for the inner ones too.
 */
final class CgroupLimit {

    private static final String V2_FILE = "memory.max";
    private static final String V1_FILE = "memory.limit_in_bytes";

    /** The fields 4 and 5, and behind the hyphen the type of the file system and the last field. */
    private static final Pattern MOUNT = Pattern.compile("\\S+ \\S+ \\S+ (\\S+) (\\S+) .*- (cgroup2?) \\S+ (\\S+)");

    /** Mountinfo writes blanks, tabs, line feeds and backslashes as octal numbers. */
    private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

    private final Path root;

    /** @param root the folder in which {@code proc} and the mount points lie, {@code /} except in tests */
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

    private long under(MatchResult mount) {
        boolean v2 = mount.group(3).equals("cgroup2");
        if (!v2 && !contains(mount.group(4), "memory")) {
            return MemoryLimits.NONE;
        }
        Path top = root.resolve(relative(unescape(mount.group(2)))).normalize();
        Path folder = top.resolve(relative(below(unescape(mount.group(1)), pathOfProcess(v2))))
                .normalize();
        long smallest = MemoryLimits.NONE;
        // A path that leads out of the mount, as with a cgroup namespace, has no folder here.
        for (Path at = folder.startsWith(top) ? folder : top; at != null && at.startsWith(top); at = at.getParent()) {
            smallest = Math.min(smallest, limit(at.resolve(v2 ? V2_FILE : V1_FILE)));
        }
        return smallest;
    }

    /** The path of the process's cgroup in version 2, or in the hierarchy of version 1 that controls memory. */
    private String pathOfProcess(boolean v2) {
        for (String line : ProcFiles.lines(root.resolve("proc/self/cgroup"))) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && (v2 ? line.startsWith("0::") : contains(fields[1], "memory"))) {
                return fields[2];
            }
        }
        return "/";
    }

    /** The path below the part of the hierarchy that is mounted; the mounted part itself if the path lies elsewhere. */
    private static String below(String mounted, String path) {
        if (mounted.equals("/")) {
            return path;
        }
        return path.startsWith(mounted + "/") ? path.substring(mounted.length()) : "/";
    }

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
