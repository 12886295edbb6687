package dev.malloc9.shell.prompt;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;

/**
 * A strong reference to the session of Gogo's shell, which is the first session to execute a line.
 *
 * <p>Gogo refers to its sessions weakly. Its stop fails with an exception if the garbage collector is clearing a session.
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
