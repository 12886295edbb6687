package dev.malloc9.mbuf;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/** The callback that takes back external memory when the last mbuf that refers to it is freed (ext_free). */
@ConsumerType
@FunctionalInterface
public interface ExtFree {

    /**
     * Takes the memory back. No mbuf refers to it any more, and its views have ended. The callback runs in the thread that frees the last
     * mbuf. If a native call uses a view at that time, the callback runs in a later free or close of the same service, after the native
     * call has ended. An exception is passed to the caller of that method.
     *
     * @param arg1 the first argument that was given to {@code extadd} (ext_arg1)
     * @param arg2 the second argument that was given to {@code extadd} (ext_arg2)
     */
    void free(@Nullable Object arg1, @Nullable Object arg2);
}
