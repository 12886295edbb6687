package malloc9.shell.prompt;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/**
 * Keeps the session of Gogo's shell reachable, which is the first to execute anything.
 *
 * <p>Gogo holds its sessions weakly, and its stop fails with an exception on one that the garbage collector is clearing.
 */
@Component(service = CommandSessionListener.class)
public final class HeldSession implements CommandSessionListener {

    private final AtomicReference<@Nullable CommandSession> first = new AtomicReference<>();

    @Override
    public void beforeExecute(CommandSession session, CharSequence line) {
        first.compareAndSet(null, session);
    }

    @Override
    public void afterExecute(CommandSession session, CharSequence line, Exception exception) {}

    @Override
    public void afterExecute(CommandSession session, CharSequence line, Object result) {}
}
