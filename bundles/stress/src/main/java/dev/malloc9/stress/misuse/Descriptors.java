package dev.malloc9.stress.misuse;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.kernel.LoadableKernel;
import dev.malloc9.malloc.type.Descriptor;
import dev.malloc9.malloc.type.Owner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A test of the registry with random descriptors. A module must be registered with all of its descriptors or refused with a panic. At the
 * end the registry must be unchanged.
 */
final class Descriptors {

    private static final ModuleId MODULE = new ModuleId("garbage", "1", 9);

    private final LoadableKernel loader;
    private final Queue<String> wrong;

    Descriptors(LoadableKernel loader, Queue<String> wrong) {
        this.loader = loader;
        this.wrong = wrong;
    }

    void run(long count, Random random) {
        List<String> before = names();
        for (long i = 0; i < count; ) {
            List<Descriptor> declared = new ArrayList<>();
            for (int left = 1 + random.nextInt(3); left > 0; left--, i++) {
                declared.add(descriptor(random));
            }
            register(declared);
        }
        if (!before.equals(names())) {
            wrong.add("the registry has changed");
        }
    }

    private List<String> names() {
        return loader.kernel().runtime().types().stream().map(TypeStats::name).toList();
    }

    private void register(List<Descriptor> declared) {
        boolean sound = isSound(declared);
        try {
            Owner owner = loader.register(MODULE, declared);
            if (!sound) {
                wrong.add("registered: " + declared);
            }
            loader.unload(owner);
        } catch (KernelPanic refused) {
            if (sound || !String.valueOf(refused.getMessage()).startsWith("malloc_init: ")) {
                wrong.add(refused + " of " + declared);
            }
        } catch (RuntimeException | Error thrown) {
            wrong.add(thrown + " of " + declared);
        }
    }

    /** Returns whether the kernel must accept the descriptors, by the text of the contract and not by the kernel's code. */
    private static boolean isSound(List<Descriptor> declared) {
        Set<@Nullable String> names = new HashSet<>();
        for (Descriptor descriptor : declared) {
            String name = descriptor.name();
            String version = descriptor.version();
            if (descriptor.magic() == null
                    || descriptor.magic() != 877983977L
                    || name == null
                    || name.isBlank()
                    || name.chars().anyMatch(c -> c < 32 || (c >= 127 && c < 160))
                    || (version != null && !version.equals("1") && !version.startsWith("1."))
                    || !names.add(name)) {
                return false;
            }
        }
        return true;
    }

    private static Descriptor descriptor(Random random) {
        return new Descriptor(name(random), text(random, 40), magic(random), version(random));
    }

    private static @Nullable Long magic(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> null;
            case 1 -> 0L;
            case 2 -> random.nextLong();
            case 3 -> MallocType.M_MAGIC ^ (1L << random.nextInt(64));
            default -> MallocType.M_MAGIC;
        };
    }

    private static @Nullable String name(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> null;
            case 1 -> " ".repeat(random.nextInt(4));
            case 2, 3 -> text(random, 60);
            default -> "type" + random.nextInt(1000);
        };
    }

    private static @Nullable String version(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> null;
            case 1 -> text(random, 6);
            case 2 -> random.nextInt() + "." + random.nextInt();
            case 3 -> "";
            default -> "1." + random.nextInt(10) + ".0";
        };
    }

    /** Returns a random text, in which single surrogates and control characters may occur. */
    private static String text(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(most); left > 0; left--) {
            text.append((char) (random.nextInt(4) == 0 ? random.nextInt(1 << 16) : random.nextInt(160)));
        }
        return text.toString();
    }
}
