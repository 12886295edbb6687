package dev.malloc9.itests.drivers;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** A driver without an activator: a Declarative Services component that requires the kernel and allocates in its constructor. */
@Component(service = LongFunction.class, immediate = true)
public final class ComponentDriver implements LongFunction<MemorySegment> {

    @MallocDefine(name = "component", description = "Memory of a component")
    static final MallocType M_COMPONENT = MallocType.define();

    private final Malloc malloc;

    @Activate
    public ComponentDriver(@Reference Malloc malloc) {
        this.malloc = malloc;
        apply(256);
    }

    @Override
    public MemorySegment apply(long size) {
        return malloc.malloc(size, M_COMPONENT, M_WAITOK);
    }
}
