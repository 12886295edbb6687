package dev.malloc9.shell;

import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.sysctl.SysctlFailed;
import dev.malloc9.memstat.Allocator;
import dev.malloc9.memstat.KnobFailed;
import dev.malloc9.memstat.Knobs;
import dev.malloc9.memstat.MemoryType;
import dev.malloc9.memstat.MemoryTypeList;
import dev.malloc9.memstat.MemstatFailed;
import java.util.List;

/**
 * The memory figures of the running kernel, which memstat reads through the kernel's knobs.
 *
 * @param sysctl the knobs of the kernel
 */
record LiveMemory(Sysctl sysctl) implements Knobs {

    /**
     * Returns the malloc types, oldest first.
     *
     * @throws CommandFailed if the statistics cannot be read
     */
    List<MemoryType> types() {
        MemoryTypeList list = MemoryTypeList.alloc();
        try {
            list.sysctlMalloc(this);
        } catch (MemstatFailed e) {
            throw new CommandFailed(Messages.notRead("memstat_sysctl_malloc", e), e);
        }
        return list.types(Allocator.MALLOC);
    }

    /**
     * Returns the zones, oldest first.
     *
     * @throws CommandFailed if the statistics cannot be read
     */
    List<MemoryType> zones() {
        MemoryTypeList list = MemoryTypeList.alloc();
        try {
            list.sysctlUma(this);
        } catch (MemstatFailed e) {
            throw new CommandFailed(Messages.notRead("memstat_sysctl_uma", e), e);
        }
        return list.types(Allocator.UMA);
    }

    @Override
    public int read(String name, byte[] room) throws KnobFailed {
        try {
            return sysctl.read(name, room);
        } catch (SysctlFailed e) {
            KnobFailed.Errno errno = switch (e.errno()) {
                case ENOMEM -> KnobFailed.Errno.ENOMEM;
                case EPERM -> KnobFailed.Errno.EPERM;
                default -> KnobFailed.Errno.OTHER;
            };
            throw new KnobFailed(errno, String.valueOf(e.getMessage()));
        }
    }
}
