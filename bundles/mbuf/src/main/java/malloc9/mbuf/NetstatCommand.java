package malloc9.mbuf;

import malloc9.api.runtime.MallocRuntime;
import malloc9.api.runtime.TypeStats;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code netstat}: a component of its own, which nobody loads where there is no Gogo. */
@Component(
        service = NetstatCommand.class,
        property = {"osgi.command.scope=malloc9", "osgi.command.function=netstat"})
public final class NetstatCommand {

    static final String USAGE = "netstat -m";

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
    public String netstat(@Descriptor("-m") String... arguments) {
        if (arguments.length != 1 || !arguments[0].equals("-m")) {
            throw Messages.usage(USAGE);
        }
        TypeStats tags = runtime.type("mbuf_tag");
        return Netstat.report(
                runtime.zones(),
                tags == null ? 0 : tags.bytesInUse(),
                mbufs.drains().calls());
    }
}
