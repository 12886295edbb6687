package malloc9.mbuf;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/** Takes memory back that was attached to mbufs, when the last of them is freed (ext_free). */
@ConsumerType
@FunctionalInterface
public interface ExtFree {

    /**
     * Takes it back; nobody refers to it any more, and its views have ended.
     *
     * @param arg1 as it was attached with (ext_arg1)
     * @param arg2 as it was attached with (ext_arg2)
     */
    void free(@Nullable Object arg1, @Nullable Object arg2);
}
