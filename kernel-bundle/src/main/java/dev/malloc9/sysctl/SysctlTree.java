package dev.malloc9.sysctl;

import dev.malloc9.api.sysctl.Errno;
import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.api.sysctl.KnobType;
import dev.malloc9.api.sysctl.SysctlFailed;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The tree of a kernel's knobs: nodes, and below them leaves with a value (the MIB).
 *
 * <p>Variables may be added at any time, and stay as long as the kernel exists; only drivers' knobs are removed again. Names are compared
 * part by part, so that a node is directly followed by the variables below it. Any number of threads may use a tree.
 */
public final class SysctlTree {

    private static final char DOT = '.';

    /** The variables by name. In this order a dot sorts before all other characters. */
    private final ConcurrentNavigableMap<String, Variable> variables =
            new ConcurrentSkipListMap<>(Comparator.comparing(name -> name.replace(DOT, '\0')));

    /** Creates a tree with the nodes that every kernel has. */
    public SysctlTree() {
        add(Oid.node("kern", "the kernel: processes, limits, allocators"));
        add(Oid.node("kern.ipc", "communication between processes"));
        add(Oid.node("kern.smp", "several processors"));
        add(Oid.node("vm", "virtual memory"));
        add(Oid.node("debug", "debugging"));
    }

    /** Adds a node. Throws the same exceptions as {@link #add(Variable)}. */
    public void add(Oid node) {
        add(new Variable(node.knob(), null));
    }

    /**
     * Adds a node or leaf.
     *
     * @throws IllegalStateException if the tree has no node for the name's prefix, or if the name is declared already
     */
    public void add(Variable variable) {
        String name = variable.knob().name();
        int dot = name.lastIndexOf(DOT);
        Variable parent = dot < 0 ? null : variables.get(name.substring(0, dot));
        if (dot >= 0 && (parent == null || parent.knob().type() != KnobType.NODE)) {
            throw new IllegalStateException(Messages.noParent(name));
        }
        if (variables.putIfAbsent(name, variable) != null) {
            throw new IllegalStateException(Messages.declaredTwice(name));
        }
    }

    /**
     * Removes a leaf. Calls that have already found it still reach its handler. If the tree has no such variable, this method has no
     * effect.
     */
    public void remove(Variable leaf) {
        variables.remove(leaf.knob().name(), leaf);
    }

    /**
     * Returns the numeric tunables that a boot environment sets to a text that is not a number, or to a negative number for an unsigned
     * type. Such a setting is ignored.
     *
     * @param environment the boot environment: the value of each name, or null
     */
    public List<Knob> ignored(Function<String, @Nullable String> environment) {
        return leaves().stream()
                .filter(Knob::isTunable)
                .filter(knob -> {
                    String text = environment.apply(knob.name());
                    return text != null && Values.number(knob.type(), text) == null && knob.type() != KnobType.STRING;
                })
                .toList();
    }

    /**
     * Returns the node or leaf with a name.
     *
     * @throws SysctlFailed ENOTDIR if a prefix of the name is a leaf, ENOENT for any other unknown name
     */
    Variable find(String name) {
        Variable found = variables.get(name);
        if (found != null) {
            return found;
        }
        for (int dot = name.indexOf(DOT); dot >= 0; dot = name.indexOf(DOT, dot + 1)) {
            Variable above = variables.get(name.substring(0, dot));
            if (above != null && above.knob().type() != KnobType.NODE) {
                throw new SysctlFailed(
                        name,
                        Errno.ENOTDIR,
                        Messages.belowALeaf(name, above.knob().name()));
            }
        }
        throw new SysctlFailed(name, Errno.ENOENT, Messages.unknown(name));
    }

    /** Returns all leaves, in the order of their names. */
    List<Knob> leaves() {
        return variables.values().stream()
                .map(Variable::knob)
                .filter(knob -> knob.type() != KnobType.NODE)
                .toList();
    }

    /**
     * Returns the leaf with the given name, or all leaves below the node with that name.
     *
     * @throws SysctlFailed if the name is unknown, as {@link #find}
     */
    List<Knob> leaves(String name) {
        Knob knob = find(name).knob();
        return knob.type() != KnobType.NODE
                ? List.of(knob)
                : leaves().stream()
                        .filter(leaf -> leaf.name().startsWith(name + DOT))
                        .toList();
    }
}
