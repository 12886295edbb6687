package malloc9.module;

import java.util.List;
import malloc9.malloc.Owner;

/** The modules that own memory types, the kernel's own first. */
public interface ModuleList {

    /** Their owners, oldest first. */
    List<Owner> owners();
}
