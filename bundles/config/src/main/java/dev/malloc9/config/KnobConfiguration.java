package dev.malloc9.config;

import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.sysctl.SysctlConf;
import java.io.IOException;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationException;
import org.osgi.service.cm.ManagedService;
import org.osgi.service.cm.SynchronousConfigurationListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.service.metatype.MetaTypeProvider;
import org.osgi.service.metatype.ObjectClassDefinition;

/**
 * The knobs of the running kernel as the configuration {@link SysctlConf#PID}.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: one component for each life of a kernel. Config Admin stores the configuration itself.
 *   <li>Concurrency: knobs are set under {@code lock}, from the configuration as it is at that time, regardless of the thread that changed
 *       it. Writes through {@link SysctlConf} are serialized by {@code writing}, which is acquired before {@code lock}. Config Admin is
 *       asked to keep a value outside {@code lock}.
 *   <li>Invariants: the knobs are set from the configuration when it changes, in the thread that changes it. They are also set when the
 *       kernel boots, before this service can be found, and when knobs of drivers are added or removed. Config Admin's own call comes
 *       later, and reports the refused values.
 *   <li>Cost: none while neither the configuration nor the set of knobs changes.
 *   <li>Differs from BSD: with sysctl(8), the operator has to edit sysctl.conf(5).
 * </ul>
 */
@Component(
        immediate = true,
        configurationPolicy = ConfigurationPolicy.IGNORE,
        service = {
            SysctlConf.class,
            ManagedService.class,
            MetaTypeProvider.class,
            SynchronousConfigurationListener.class
        },
        property = {Constants.SERVICE_PID + "=" + SysctlConf.PID, MetaTypeProvider.METATYPE_PID + "=" + SysctlConf.PID})
public final class KnobConfiguration
        implements SysctlConf, ManagedService, MetaTypeProvider, SynchronousConfigurationListener {

    private static final String LOGGER = "malloc9";
    private static final String FILTER = "(" + Constants.SERVICE_PID + "=" + PID + ")";

    private final ConfigurationAdmin admin;
    private final Sysctl sysctl;
    private final Logger log;
    private final Object writing = new Object();
    private final Object lock = new Object();

    /** The knobs that were set from the configuration, with their former values. Guarded by {@code lock}. */
    private final Settings settings;

    /**
     * The value, by the name of its knob, that was written through {@link SysctlConf} and is about to be kept; empty otherwise. Config
     * Admin's call for the former configuration must not undo it. Guarded by {@code lock}.
     */
    private Map<String, String> pending = Map.of();

    /** The names of the unknown knobs whose values wait and that have been logged. Guarded by {@code lock}. */
    private final Set<String> told = new HashSet<>();

    @Activate
    public KnobConfiguration(
            @Reference ConfigurationAdmin admin, @Reference Sysctl sysctl, @Reference LoggerFactory loggers) {
        this.admin = admin;
        this.sysctl = sysctl;
        this.log = loggers.getLogger(LOGGER);
        this.settings = new Settings(sysctl);
    }

    /** Sets the knobs from the stored configuration. */
    @Activate
    void boot() {
        follow();
    }

    /** Has no effect of its own. The reference makes Declarative Services report changes of the knobs. */
    @Reference(updated = "knobsChanged")
    void watch(ServiceReference<Sysctl> knobs) {
        // The constructor has received the same service; this reference only reports changes of its properties.
    }

    /** Sets the knobs again, because knobs of drivers have been added or removed. */
    void knobsChanged(ServiceReference<Sysctl> knobs) {
        follow();
    }

    @Override
    public void configurationEvent(ConfigurationEvent event) {
        if (event.getPid().equals(PID) && event.getType() != ConfigurationEvent.CM_LOCATION_CHANGED) {
            follow();
        }
    }

    /**
     * Sets the knobs from the stored configuration; the argument is not used.
     *
     * @throws ConfigurationException with the refused values; the other values have been set
     */
    @Override
    public void updated(@Nullable Dictionary<String, ?> properties) throws ConfigurationException {
        Settings.Outcome outcome = follow();
        if (!outcome.refused().isEmpty()) {
            throw new ConfigurationException(outcome.refused().firstKey(), Texts.all(outcome.refused()));
        }
    }

    @Override
    public void writeText(String name, String value) throws IOException {
        synchronized (writing) {
            String text;
            synchronized (lock) {
                if (!settings.write(name, value)) {
                    return;
                }
                text = sysctl.readText(name);
                pending = Map.of(name, text);
            }
            try {
                keep(name, text);
            } finally {
                synchronized (lock) {
                    pending = Map.of();
                }
            }
        }
    }

    @Override
    public ObjectClassDefinition getObjectClassDefinition(String id, @Nullable String locale) {
        return new KnobClass(sysctl.knobs());
    }

    @Override
    public String @Nullable [] getLocales() {
        return null;
    }

    private void keep(String name, String text) throws IOException {
        try {
            Configuration configuration = admin.getConfiguration(PID, "?");
            Map<String, Object> attributes = new HashMap<>();
            Dictionary<String, Object> before = configuration.getProperties();
            if (before != null) {
                Collections.list(before.keys()).forEach(key -> attributes.put(key, before.get(key)));
            }
            attributes.put(name, Values.kept(sysctl.knob(name).type(), text, attributes.get(name)));
            configuration.update(FrameworkUtil.asDictionary(attributes));
        } catch (IOException | IllegalStateException e) {
            throw new IOException(Texts.notKept(name, e), e);
        }
    }

    private Settings.Outcome follow() {
        synchronized (lock) {
            Map<String, String> several = new TreeMap<>();
            Map<String, String> configuration = new TreeMap<>(Values.texts(stored(), several));
            configuration.putAll(pending);
            Settings.Outcome outcome = settings.set(configuration);
            outcome.refused().putAll(several);
            told.retainAll(outcome.waiting().keySet());
            outcome.waiting().forEach((name, what) -> {
                if (told.add(name)) {
                    log.info("{}", Texts.waiting(what));
                }
            });
            return outcome;
        }
    }

    /**
     * Returns the stored configuration; null if there is none. If it cannot be read, logs that and returns null, so that the knobs get
     * their former values.
     */
    private @Nullable Dictionary<String, Object> stored() {
        try {
            Configuration[] found = admin.listConfigurations(FILTER);
            return found == null ? null : found[0].getProperties();
        } catch (IOException | InvalidSyntaxException | IllegalStateException e) {
            log.warn("{}", Texts.line(String.valueOf(e)));
            return null;
        }
    }
}
