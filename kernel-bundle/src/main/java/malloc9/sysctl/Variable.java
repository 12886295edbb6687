package malloc9.sysctl;

import malloc9.api.sysctl.Knob;
import org.jspecify.annotations.Nullable;

/**
 * A declared knob with what answers for it in a kernel (struct sysctl_oid).
 *
 * @param knob what was declared
 * @param handler what answers; a node has none
 */
public record Variable(Knob knob, @Nullable Handler handler) {}
