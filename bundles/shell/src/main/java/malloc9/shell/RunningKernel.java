package malloc9.shell;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import malloc9.api.runtime.MallocOperator;
import malloc9.api.runtime.MallocRuntime;
import malloc9.api.runtime.ModuleInfo;
import malloc9.api.runtime.PanicRecord;
import malloc9.api.sysctl.Sysctl;
import malloc9.api.sysctl.SysctlConf;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** The kernel that runs now, or the news that none does: commands stay there when the kernel is stopped. */
@Component(service = RunningKernel.class)
public final class RunningKernel {

    private final AtomicReference<@Nullable MallocRuntime> runtime = new AtomicReference<>();

    private final AtomicReference<@Nullable Sysctl> knobs = new AtomicReference<>();

    private final AtomicReference<@Nullable SysctlConf> confs = new AtomicReference<>();

    private final AtomicReference<@Nullable MallocOperator> operators = new AtomicReference<>();

    /** For Declarative Services. */
    public RunningKernel() {}

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bind(MallocRuntime kernel) {
        runtime.set(kernel);
    }

    /** A successor is bound before its predecessor is unbound. */
    void unbind(MallocRuntime kernel) {
        runtime.compareAndSet(kernel, null);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindSysctl(Sysctl sysctl) {
        knobs.set(sysctl);
    }

    /** A successor is bound before its predecessor is unbound. */
    void unbindSysctl(Sysctl sysctl) {
        knobs.compareAndSet(sysctl, null);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindConf(SysctlConf conf) {
        confs.set(conf);
    }

    /** A successor is bound before its predecessor is unbound. */
    void unbindConf(SysctlConf conf) {
        confs.compareAndSet(conf, null);
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindOperator(MallocOperator switches) {
        operators.set(switches);
    }

    /** A successor is bound before its predecessor is unbound. */
    void unbindOperator(MallocOperator switches) {
        operators.compareAndSet(switches, null);
    }

    /**
     * The switches of the kernel.
     *
     * @throws CommandFailed if no kernel runs
     */
    MallocOperator operator() {
        MallocOperator switches = operators.get();
        if (switches == null) {
            throw new CommandFailed(Messages.KERNEL_NOT_RUNNING);
        }
        return switches;
    }

    /**
     * The knobs of the kernel.
     *
     * @throws CommandFailed if no kernel runs
     */
    Sysctl sysctl() {
        Sysctl sysctl = knobs.get();
        if (sysctl == null) {
            throw new CommandFailed(Messages.KERNEL_NOT_RUNNING);
        }
        return sysctl;
    }

    /**
     * Sets a knob; where the framework can keep it, the kernel's next boot sets it again.
     *
     * @throws CommandFailed if no kernel runs, or the value is set and cannot be kept
     */
    void set(String name, String value) {
        Sysctl sysctl = sysctl();
        SysctlConf conf = confs.get();
        if (conf == null) {
            sysctl.writeText(name, value);
            return;
        }
        try {
            conf.writeText(name, value);
        } catch (IOException e) {
            throw new CommandFailed(Messages.plain(String.valueOf(e.getMessage())), e);
        }
    }

    /**
     * The memory of the kernel.
     *
     * @throws CommandFailed if no kernel runs
     */
    LiveMemory memory() {
        return new LiveMemory(sysctl());
    }

    /**
     * The view into the kernel.
     *
     * @throws CommandFailed if no kernel runs
     */
    MallocRuntime view() {
        MallocRuntime kernel = runtime.get();
        if (kernel == null) {
            throw new CommandFailed(Messages.KERNEL_NOT_RUNNING);
        }
        return kernel;
    }

    /** The modules of the kernel that runs now; none if none does. */
    Stream<ModuleInfo> modules() {
        MallocRuntime kernel = runtime.get();
        return kernel == null ? Stream.empty() : kernel.modules().stream();
    }

    /** The text of the last panic that the bundle earned. */
    Optional<String> lastPanic(long bundleId) {
        MallocRuntime kernel = runtime.get();
        List<PanicRecord> panics = kernel == null ? List.of() : kernel.panics();
        return panics.reversed().stream()
                .filter(panic -> panic.who().bundleId() == bundleId)
                .map(PanicRecord::message)
                .findFirst();
    }
}
