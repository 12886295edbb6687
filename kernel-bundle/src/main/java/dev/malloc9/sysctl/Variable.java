package dev.malloc9.sysctl;

import dev.malloc9.api.sysctl.Knob;
import org.jspecify.annotations.Nullable;

/**
 * A declared knob with the handler that serves it in a kernel (struct sysctl_oid).
 *
 * @param knob the declaration
 * @param handler the handler of a leaf; null for a node
 */
public record Variable(Knob knob, @Nullable Handler handler) {}
