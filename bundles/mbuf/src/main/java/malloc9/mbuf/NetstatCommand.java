package malloc9.mbuf;

import malloc9.api.runtime.MallocRuntime;
import malloc9.api.runtime.TypeStats;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code netstat}: a component of its own, which nobody loads where there is no Gogo. */
@Component(
        service = NetstatCommand.class,
        property = {"osgi.command.scope=malloc9", "osgi.command.function=netstat"})
public final class NetstatCommand {

    static final String USAGE = "netstat -m [-o FORMAT]";

    private static final String TEXT = "text";
    private static final String JSON = "json";

    private final MallocRuntime runtime;
    private final Mbufs mbufs;

    /** For the framework. */
    @Activate
    public NetstatCommand(@Reference MallocRuntime runtime, @Reference Mbufs mbufs) {
        this.runtime = runtime;
        this.mbufs = mbufs;
    }

    /** {@code netstat -m}: what mbufs take. */
    @Descriptor("shows what network buffers take")
    public String netstat(
            @Descriptor("memory of mbufs") @Parameter(names = "-m", presentValue = "true", absentValue = "false")
                    boolean memory,
            @Descriptor("FORMAT: text, or json") @Parameter(names = "-o", absentValue = TEXT) String format,
            @Descriptor("none") String... arguments) {
        if (!memory || arguments.length > 0 || !(TEXT.equals(format) || JSON.equals(format))) {
            throw Messages.usage(USAGE);
        }
        long tagBytes = runtime.types().stream()
                .filter(type -> type.name().equals("mbuf_tag") && isOwn(type))
                .mapToLong(TypeStats::bytesInUse)
                .sum();
        long drains = mbufs.drains().calls();
        return format.equals(JSON)
                ? Netstat.json(mbufs.zones(), tagBytes, drains)
                : Netstat.report(mbufs.zones(), tagBytes, drains);
    }

    /** Whether this bundle owns the type, whose name another bundle may use, too; true outside a framework. */
    private static boolean isOwn(TypeStats type) {
        Bundle own = FrameworkUtil.getBundle(NetstatCommand.class);
        return own == null || type.owner().bundleId() == own.getBundleId();
    }
}
