package dev.malloc9.malloc.type;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.TypeAccounting;
import dev.malloc9.malloc.account.Counters;
import dev.malloc9.pcpu.Pcpu;
import dev.malloc9.vm.StackRoom;

/**
 * The service by which other allocators account memory to a type. The memory is counted in the columns of page runs, without a bit of the
 * size mask.
 */
public final class TypeAccountingService implements TypeAccounting {

    private final TypeSections sections;
    private final MallocTypes types;
    private final TypeProbes probes;

    public TypeAccountingService(TypeSections sections, MallocTypes types, TypeProbes probes) {
        this.sections = sections;
        this.types = types;
        this.probes = probes;
    }

    @Override
    public void allocated(MallocType type, long bytes) {
        MallocTypeInternal known = types.bind(type, "malloc_type_allocated");
        if (bytes != 0) {
            account(known, bytes, false, "malloc_type_allocated");
        }
    }

    @Override
    public void freed(MallocType type, long bytes) {
        account(types.bind(type, "malloc_type_freed"), bytes, true, "malloc_type_freed");
    }

    /**
     * Counts memory that another allocator has allocated or freed. Never blocks at a limit and never refuses the bytes.
     *
     * @param bytes the size in bytes; a free of 0 bytes is counted
     * @param freed true for a free, false for an allocation
     * @param function the name of the called function, for messages
     * @throws InvalidRequest if the number of bytes is negative
     * @throws dev.malloc9.api.UnregisteredType if the owner of the type has stopped
     */
    private void account(MallocTypeInternal type, long bytes, boolean freed, String function) {
        if (bytes < 0) {
            throw new InvalidRequest(TypeMessages.badAccounting(function, bytes, type.name));
        }
        StackRoom.forRequest();
        type.accountForOthers();
        SlowPathPolicy watch;
        Pcpu cpu;
        do {
            watch = type.watch();
            cpu = sections.enterUnder(type, watch, function);
        } while (cpu == null);
        long[] row = TypeSections.counters(cpu, type, watch);
        row[freed ? Counters.RUN_FREES : Counters.RUN_ALLOCS]++;
        row[freed ? Counters.RUN_FREED : Counters.RUN_ALLOCATED] += bytes;
        if (type.record != null && freed) {
            type.record.freed(cpu.number, bytes);
        } else if (type.record != null) {
            type.record.allocated(cpu.number, bytes, 0);
        }
        sections.leave(cpu);
        if (watch != null) {
            probes.elsewhere(type, bytes, freed);
        }
        if (watch != null && freed) {
            watch.freedElsewhere(bytes);
        } else if (watch != null) {
            watch.allocatedElsewhere(bytes);
        } else if (!freed) {
            type.look();
        }
    }
}
