package dev.malloc9.samples.ether;

import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code ether:replay}. It prints its result, so that the output can be redirected. */
@Component(
        service = ReplayCommand.class,
        property = {"osgi.command.scope=ether", "osgi.command.function=replay"})
public final class ReplayCommand {

    private final EtherDriver driver;

    /** Creates the command; called by the framework. */
    @Activate
    public ReplayCommand(@Reference EtherDriver driver) {
        this.driver = driver;
    }

    /** Replays the capture that is part of the driver's bundle; {@code ether:replay}. */
    @Descriptor("replays the capture that ships with the driver")
    public void replay() {
        System.out.println(driver.replay());
    }

    /** Replays a pcap or pcapng file; {@code ether:replay FILE}. A relative name is resolved against the JVM's working directory. */
    @Descriptor("replays a pcap or pcapng file")
    public void replay(@Descriptor("name of the file") String file) {
        System.out.println(driver.replay(file));
    }
}
