package malloc9.malloc;

import malloc9.api.MallocType;
import malloc9.api.TypeAccounting;

/** The statistics of types for other allocators; counted as page runs are, without a bit of the size mask. */
final class TypeAccountingService implements TypeAccounting {

    private final KernMalloc allocator;
    private final MallocTypes types;

    TypeAccountingService(KernMalloc allocator, MallocTypes types) {
        this.allocator = allocator;
        this.types = types;
    }

    @Override
    public void allocated(MallocType type, long bytes) {
        MallocTypeInternal known = types.bind(type, "malloc_type_allocated");
        if (bytes != 0) {
            allocator.account(known, bytes, false, "malloc_type_allocated");
        }
    }

    @Override
    public void freed(MallocType type, long bytes) {
        allocator.account(types.bind(type, "malloc_type_freed"), bytes, true, "malloc_type_freed");
    }
}
