package dev.malloc9.trace;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Registered;
import jdk.jfr.StackTrace;

/** The common fields of the two probe events, malloc and free. Differs from BSD: a free has a class index, too. */
@Category("Kernel Malloc")
@Enabled(false)
@StackTrace(false)
@Registered(false)
abstract class TypeOperation extends Event {

    @Label("Type")
    final String type;

    @Label("Bundle")
    final String bundle;

    @Label("Requested Size")
    @Description("Bytes asked for; of a free only if the block was freed by its segment, or is kept a record of")
    @DataAmount
    final long requestedSize;

    @Label("Accounted Size")
    @Description("Bytes that the block counts as in the type's statistics")
    @DataAmount
    final long accountedSize;

    @Label("Class Index")
    @Description("The size class, from 0; -1 for page runs and memory of other allocators")
    final int classIndex;

    @Label("Address")
    @MemoryAddress
    final long address;

    TypeOperation(Trace.Operation operation) {
        type = operation.type();
        bundle = operation.bundle();
        requestedSize = operation.requested();
        accountedSize = operation.accounted();
        classIndex = operation.classIndex();
        address = operation.address();
    }
}
