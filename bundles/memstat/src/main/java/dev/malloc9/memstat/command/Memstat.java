package dev.malloc9.memstat.command;

import dev.malloc9.memstat.Allocator;
import dev.malloc9.memstat.Growth;
import dev.malloc9.memstat.MemoryTypeList;
import dev.malloc9.memstat.MemstatFailed;
import dev.malloc9.memstat.Origin;
import dev.malloc9.memstat.view.GrowthTable;
import dev.malloc9.memstat.view.MallocTable;
import dev.malloc9.memstat.view.Printable;
import dev.malloc9.memstat.view.Table;
import dev.malloc9.memstat.view.TypeTable;
import dev.malloc9.memstat.view.UmaTable;
import dev.malloc9.memstat.view.ZoneTable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of memstat. picocli sets its fields and calls {@link #call}, whose result is the exit code. */
@Command(
        name = "memstat",
        sortOptions = false,
        description = {
            "Prints saved kern.malloc_stats as vmstat -m does, and saved vm.zone_stats as vmstat -z does.",
            "Prints a kernel's kern.malloc_stats_file likewise, and says how its process fared.",
            ""
        })
final class Memstat implements Callable<Integer> {

    private static final int FAILED = 1;
    private static final String STANDARD_INPUT = "-";

    /** The format of the output. */
    enum Format {
        TEXT,
        JSON
    }

    /** The kind of the files; without one of these options the lengths of the records decide. */
    static final class Kind {
        @Option(names = "-m", required = true, description = "The files have memory types.")
        boolean types;

        @Option(names = "-z", required = true, description = "The files have zones.")
        boolean zones;
    }

    @ArgGroup
    private @Nullable Kind kind;

    @Option(
            names = "-o",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text, or json: one object a line.")
    private Format format = Format.TEXT;

    @Option(names = "--ddb", description = "All rows, newest first, as ddb(4) shows malloc and uma.")
    private boolean ddb;

    @Option(
            names = "--diff",
            paramLabel = "OLD",
            description = "Show the types that have grown, come or gone since that file.")
    private @Nullable String old;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this.")
    @SuppressWarnings("UnusedVariable") // picocli needs the field only to declare the option
    private boolean help;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Saved streams; - is the standard input.")
    private List<String> files = List.of();

    private final PrintWriter out;
    private final PrintWriter err;

    Memstat(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    @Override
    public Integer call() {
        int exit = 0;
        boolean several = files.size() > 1 && format == Format.TEXT;
        for (String file : files) {
            Table table = table(file);
            if (table == null) {
                exit = FAILED;
            } else {
                if (several) {
                    out.println(Printable.of(file) + ":");
                }
                out.println(format == Format.JSON ? table.json() : table.text());
            }
        }
        return exit;
    }

    /** Returns the table of a file; null if the file, or the file of {@code --diff}, could not be read, which has been reported. */
    private @Nullable Table table(String file) {
        Allocator wanted = kind == null ? Allocator.ANY : kind.types ? Allocator.MALLOC : Allocator.UMA;
        MemoryTypeList list = MemoryTypeList.alloc();
        if (old == null) {
            Allocator allocator = read(file, list, wanted);
            return allocator == null ? null : table(list, allocator);
        }
        MemoryTypeList earlier = MemoryTypeList.alloc();
        Allocator allocator = read(old, earlier, wanted);
        return allocator == null || read(file, list, allocator) == null
                ? null
                : new GrowthTable(Growth.between(earlier, list));
    }

    private Table table(MemoryTypeList list, Allocator allocator) {
        if (allocator == Allocator.UMA) {
            return ddb ? new UmaTable(list.types(allocator)) : new ZoneTable(list.types(allocator));
        }
        return ddb ? new MallocTable(list.types(allocator)) : new TypeTable(list.types(allocator));
    }

    private @Nullable Allocator read(String file, MemoryTypeList list, Allocator wanted) {
        try {
            Allocator allocator = file.equals(STANDARD_INPUT)
                    ? list.read(new FileInputStream(FileDescriptor.in), wanted)
                    : list.read(Path.of(file), wanted);
            Origin origin = list.origin();
            if (origin != null) {
                told(file, origin.text());
            }
            return allocator;
        } catch (MemstatFailed e) {
            return told(file, e.error().strerror());
        } catch (NoSuchFileException | InvalidPathException e) {
            return told(file, "No such file or directory");
        } catch (AccessDeniedException e) {
            return told(file, "Permission denied");
        } catch (IOException e) {
            return told(file, String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Allocator told(String file, String what) {
        err.println("memstat: " + Printable.of(file) + ": " + Printable.of(what));
        return null;
    }
}
