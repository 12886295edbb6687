package dev.malloc9.shell.kld;

import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/**
 * The check of a module's Declarative Services components after the module's start. The framework does not report a component that does not
 * work.
 */
final class Components {

    private static final String HEADER = "Service-Component";
    private static final String CONFIGURATION_REQUIRED = "require";

    private final ServiceComponentRuntime runtime;

    /**
     * A reason why a component does not work, or why no component can be read.
     *
     * @param text the reason, with the name of the component or the header {@code Service-Component}
     * @param curable whether another module may provide the missing service
     */
    record Failure(String text, boolean curable) {}

    Components(ServiceComponentRuntime runtime) {
        this.runtime = runtime;
    }

    /**
     * Returns the first reason why an enabled component of the running module does not work; empty if there is none. Also returns a reason
     * if the module has the header {@code Service-Component}, but the runtime knows none of its components.
     */
    Optional<Failure> failure(Bundle module) {
        Collection<ComponentDescriptionDTO> descriptions = runtime.getComponentDescriptionDTOs(module);
        String header = module.getHeaders("").get(HEADER);
        if (descriptions.isEmpty() && header != null && !header.isBlank()) {
            return Optional.of(new Failure(Messages.noComponents(header), false));
        }
        return descriptions.stream()
                .filter(runtime::isComponentEnabled)
                .flatMap(description -> failure(module, description).stream())
                .findFirst();
    }

    private Optional<Failure> failure(Bundle module, ComponentDescriptionDTO description) {
        Optional<Failure> wrongClass = wrongClass(module, description);
        if (wrongClass.isPresent()) {
            return wrongClass;
        }
        Collection<ComponentConfigurationDTO> configurations = runtime.getComponentConfigurationDTOs(description);
        if (configurations.isEmpty() && description.configurationPolicy.equals(CONFIGURATION_REQUIRED)) {
            return Optional.of(notConfigured(description));
        }
        return configurations.stream().flatMap(each -> failure(each).stream()).findFirst();
    }

    /**
     * Loads the class of the component. Returns the failure if the class cannot be loaded; otherwise empty. A component that is activated
     * at its first use has not loaded its class yet.
     */
    private static Optional<Failure> wrongClass(Bundle module, ComponentDescriptionDTO description) {
        try {
            module.loadClass(description.implementationClass);
            return Optional.empty();
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.of(new Failure(
                    Messages.noComponentClass(description.name, description.implementationClass, e), false));
        }
    }

    private static Optional<Failure> failure(ComponentConfigurationDTO configuration) {
        String name = configuration.description.name;
        return switch (configuration.state) {
            case ComponentConfigurationDTO.FAILED_ACTIVATION ->
                Optional.of(new Failure(Messages.componentFailed(name, rootCause(configuration.failure)), false));
            case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION ->
                Optional.of(notConfigured(configuration.description));
            case ComponentConfigurationDTO.UNSATISFIED_REFERENCE ->
                Optional.of(new Failure(Messages.componentLacks(name, missing(configuration)), true));
            default -> Optional.empty();
        };
    }

    private static Failure notConfigured(ComponentDescriptionDTO description) {
        return new Failure(Messages.componentNotConfigured(description.name, description.configurationPid), false);
    }

    /**
     * Returns the interface of the first reference that has no service, with the reference's target filter. Has a general text if the
     * runtime names no reference.
     */
    private static String missing(ComponentConfigurationDTO configuration) {
        return Stream.of(configuration.unsatisfiedReferences)
                .findFirst()
                .map(reference -> serviceOf(configuration, reference))
                .orElse("a service");
    }

    private static String serviceOf(ComponentConfigurationDTO configuration, UnsatisfiedReferenceDTO unsatisfied) {
        return Stream.of(configuration.description.references)
                .filter(reference -> reference.name.equals(unsatisfied.name))
                .map(reference -> reference.interfaceName
                        + (reference.target == null || reference.target.isEmpty() ? "" : " " + reference.target))
                .findFirst()
                .orElse(unsatisfied.name);
    }

    /** Returns the innermost cause in the text of a stack trace; the first line if there is no cause. */
    private static String rootCause(String trace) {
        String cause = "Caused by: ";
        return trace.lines()
                .filter(line -> line.startsWith(cause))
                .reduce((former, latter) -> latter)
                .map(line -> line.substring(cause.length()))
                .orElseGet(() -> trace.lines().findFirst().orElse(""));
    }
}
