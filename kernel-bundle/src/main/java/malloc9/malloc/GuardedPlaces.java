package malloc9.malloc;

import java.util.function.LongFunction;
import malloc9.api.runtime.AddressInfo;
import malloc9.api.runtime.AddressInfo.Place;
import malloc9.debug.memguard.GuardedBlock;
import malloc9.debug.memguard.MemGuard;
import org.jspecify.annotations.Nullable;

/**
 * What lies at an address of MemGuard's: a block in use, a hole where one was, or a hole.
 *
 * @param guard the kernel's
 */
record GuardedPlaces(MemGuard guard) implements LongFunction<@Nullable AddressInfo> {

    @Override
    public @Nullable AddressInfo apply(long address) {
        if (!guard.owns(address)) {
            return null;
        }
        GuardedBlock block = guard.find(address);
        return block == null
                ? new AddressInfo(address, Place.GUARD, address, 0, -1, "", null, null, null, null)
                : new AddressInfo(
                        address,
                        block.isLive() ? Place.BLOCK : Place.GUARD,
                        block.address(),
                        block.bytes(),
                        block.bytes(),
                        "",
                        block.module(),
                        block.type(),
                        null,
                        null);
    }
}
