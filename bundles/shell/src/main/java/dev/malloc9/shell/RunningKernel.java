package dev.malloc9.shell;

import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.ModuleInfo;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.sysctl.SysctlConf;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * The services of the running kernel, or none while no kernel runs. During a boot or stop of the kernel, some of the services may be
 * missing. The commands stay registered when the kernel is stopped.
 */
@Component(service = RunningKernel.class)
public final class RunningKernel {

    private final AtomicReference<@Nullable MallocRuntime> runtime = new AtomicReference<>();

    private final AtomicReference<@Nullable Sysctl> knobs = new AtomicReference<>();

    private final AtomicReference<@Nullable SysctlConf> confs = new AtomicReference<>();

    private final AtomicReference<@Nullable MallocOperator> operators = new AtomicReference<>();

    /** Creates the component; called by Declarative Services. */
    public RunningKernel() {}

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bind(MallocRuntime kernel) {
        runtime.set(kernel);
    }

    /** Removes the service. A successor is bound before its predecessor is unbound, and is kept. */
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

    /** Removes the service. A successor is bound before its predecessor is unbound, and is kept. */
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

    /** Removes the service. A successor is bound before its predecessor is unbound, and is kept. */
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

    /** Removes the service. A successor is bound before its predecessor is unbound, and is kept. */
    void unbindOperator(MallocOperator switches) {
        operators.compareAndSet(switches, null);
    }

    /**
     * Returns the operator's settings of the kernel.
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
     * Returns the knobs of the kernel.
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
     * Sets a knob. If the service {@link SysctlConf} exists and the knob is a setting ({@link dev.malloc9.api.sysctl.Knob#isSetting}), the
     * value is kept, and the kernel's next boot sets it again. If the kernel refuses the value, the exception is that of {@link
     * Sysctl#writeText}.
     *
     * @throws CommandFailed if no kernel runs, or if the value has been set and cannot be kept
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
     * Returns a reader of the memory figures of the kernel.
     *
     * @throws CommandFailed if no kernel runs
     */
    LiveMemory memory() {
        return new LiveMemory(sysctl());
    }

    /**
     * Returns the service {@link MallocRuntime} of the kernel.
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

    /** Returns the kernel and the bundles that own types, in the order of {@link MallocRuntime#modules}; empty if no kernel runs. */
    Stream<ModuleInfo> modules() {
        MallocRuntime kernel = runtime.get();
        return kernel == null ? Stream.empty() : kernel.modules().stream();
    }
}
