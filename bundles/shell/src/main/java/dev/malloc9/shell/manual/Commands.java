package dev.malloc9.shell.manual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The commands of the kernel and its modules: those of all bundles except Gogo and the other Felix bundles. Gogo's own help explains the
 * commands of those bundles.
 */
@Component(service = Commands.class)
public final class Commands {

    private static final String SCOPE = "malloc9";
    private static final String FILTER = String.format(
            Locale.ROOT, "(&(%s=*)(%s=*))", CommandProcessor.COMMAND_SCOPE, CommandProcessor.COMMAND_FUNCTION);

    /** The prefix of the symbolic names of Gogo and the other Felix bundles. */
    private static final String COMPANION = "org.apache.felix.";

    /** The prefix of the functions that only scripts call; they are neither listed nor found. */
    private static final String HIDDEN = "_";

    private final BundleContext context;

    @Activate
    public Commands(BundleContext context) {
        this.context = context;
    }

    /** Returns all commands. The commands of scope {@code malloc9} come first; within both parts they are sorted by name. */
    public List<Command> all() {
        return search(name -> true, (command, service) -> command).stream()
                .sorted(Comparator.comparing((Command command) -> command.name().indexOf(':') >= 0)
                        .thenComparing(Command::name))
                .toList();
    }

    /** Returns the command of that name; empty if there is none. The scope may be left out if it is {@code malloc9}, and only then. */
    public Optional<Command> find(String name) {
        return ask(name, (command, service) -> command);
    }

    /**
     * Applies a function to the command of that name and to its service. If several commands have the name, the function is applied to
     * each, and one result is returned. The service is released afterwards, so the function must not keep it.
     *
     * @param question the function; it does not return null
     * @return the result; empty if there is no such command
     */
    public <T> Optional<T> ask(String name, BiFunction<Command, Object, T> question) {
        String bare = name.startsWith(SCOPE + ":") ? name.substring(SCOPE.length() + 1) : name;
        return search(bare::equals, question).stream().findFirst();
    }

    /**
     * Applies a function to each wanted command. A service without a wanted command is not requested, because its creation might fail here.
     */
    private <T> List<T> search(Predicate<String> wanted, BiFunction<Command, Object, T> question) {
        List<T> answers = new ArrayList<>();
        for (ServiceReference<?> reference : references()) {
            List<String> functions = functions(reference).stream()
                    .filter(function -> !function.startsWith(HIDDEN))
                    .filter(function -> wanted.test(name(reference, function)))
                    .toList();
            Object service = functions.isEmpty() ? null : context.getService(reference);
            if (service != null) {
                try {
                    for (String function : functions) {
                        Command command = Command.of(name(reference, function), function, service);
                        answers.add(question.apply(command, service));
                    }
                } finally {
                    context.ungetService(reference);
                }
            }
        }
        return answers;
    }

    private List<ServiceReference<?>> references() {
        try {
            ServiceReference<?>[] found = context.getAllServiceReferences(null, FILTER);
            return found == null
                    ? List.of()
                    : Arrays.stream(found).filter(Commands::isOurs).toList();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isOurs(ServiceReference<?> reference) {
        String provider =
                reference.getBundle() == null ? null : reference.getBundle().getSymbolicName();
        return provider != null && !provider.startsWith(COMPANION);
    }

    private static String name(ServiceReference<?> reference, String function) {
        Object scope = reference.getProperty(CommandProcessor.COMMAND_SCOPE);
        return SCOPE.equals(scope) ? function : scope + ":" + function;
    }

    private static List<String> functions(ServiceReference<?> reference) {
        Object functions = reference.getProperty(CommandProcessor.COMMAND_FUNCTION);
        return functions instanceof Object[] several
                ? Arrays.stream(several).map(String::valueOf).toList()
                : List.of(String.valueOf(functions));
    }
}
