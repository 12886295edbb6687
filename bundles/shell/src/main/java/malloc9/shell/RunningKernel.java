package malloc9.shell;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import malloc9.api.runtime.MallocOperator;
import malloc9.api.runtime.MallocRuntime;
import malloc9.api.runtime.ModuleInfo;
import malloc9.api.runtime.PanicRecord;
import malloc9.api.sysctl.Sysctl;
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
