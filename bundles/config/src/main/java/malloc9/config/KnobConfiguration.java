package malloc9.config;

import java.io.IOException;
import java.util.Collections;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import malloc9.api.sysctl.Sysctl;
import malloc9.api.sysctl.SysctlConf;
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
 *   <li>Layout: one component for each life of a kernel; the configuration itself is Config Admin's.
 *   <li>Concurrency: knobs are set under {@code lock}, from the configuration as it is then, whoever has changed it. Writes through
 *       this door are one at a time ({@code writing}, taken first); Config Admin is asked to keep them outside {@code lock}.
 *   <li>Invariants: knobs follow their configuration when it is changed, in the thread that changes it; when the kernel boots, before
 *       anybody finds this service; and when knobs of drivers come. Config Admin's own call comes later, and is told what was refused.
 *   <li>Cost: nothing while nobody changes anything.
 *   <li>Differs from BSD: sysctl(8) leaves it to the operator to write sysctl.conf(5).
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

    /** Guarded by lock. */
    private final Settings settings;

    /** What was set through this door and is about to be kept: Config Admin's call for what was kept before must not take it back. Guarded by lock. */
    private Map<String, String> pending = Map.of();

    /** Guarded by lock. */
    private final Set<String> told = new HashSet<>();

    @Activate
    public KnobConfiguration(
            @Reference ConfigurationAdmin admin, @Reference Sysctl sysctl, @Reference LoggerFactory loggers) {
        this.admin = admin;
        this.sysctl = sysctl;
        this.log = loggers.getLogger(LOGGER);
        this.settings = new Settings(sysctl);
    }

    /** Sets what was kept. */
    @Activate
    void boot() {
        follow();
    }

    /** Follows the kernel's knobs. */
    @Reference(updated = "knobsChanged")
    void watch(ServiceReference<Sysctl> knobs) {
        // They are those of the constructor; here it is about their number.
    }

    /** Drivers' knobs have come or gone. */
    void knobsChanged(ServiceReference<Sysctl> knobs) {
        follow();
    }

    @Override
    public void configurationEvent(ConfigurationEvent event) {
        if (event.getPid().equals(PID) && event.getType() != ConfigurationEvent.CM_LOCATION_CHANGED) {
            follow();
        }
    }

    /** @throws ConfigurationException with what is refused; the rest is set */
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
                if (!settings.set(name, value)) {
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

    /** The configuration as it is now; null for none. */
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
