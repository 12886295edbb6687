package dev.malloc9.vm;

import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.classfile.ClassFile.ACC_SUPER;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;

/**
 * A test that the calling thread's stack has room for an operation, made before the operation changes anything. If there is not enough
 * room, the test throws the {@link StackOverflowError} that would otherwise interrupt the operation.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: for each size there is a generated class with one method, whose local variables take that many bytes. The interpreter
 *       creates a frame of that size. Code of C1 and C2 has a small frame, but touches the stack down to the depth of the interpreter's
 *       frame. The reason is that execution must be able to continue in the interpreter.
 *   <li>Invariants: the method calls itself once, because HotSpot omits the touch in a method without calls. In the interpreter it
 *       therefore needs room for two frames. It is too large to be inlined, with one exception: C2 inlines the method of {@link
 *       #forSection()} where it compiles a fast path, and removes it completely.
 *   <li>Cost: about 3 ns; for {@link #forRequests()} 10 ns; for {@link #forSection()} none in code of C2.
 *   <li>Differs from BSD: there a kernel stack has a fixed size, and an overflow is a panic.
 * </ul>
 */
public abstract class StackRoom {

    /** The number of bytecodes of a method that neither C1 nor C2 inlines (FreqInlineSize). */
    private static final int NEVER_INLINED = 340;

    /** The number of bytecodes of a method that C1 does not inline (C1MaxInlineSize), and that C2 inlines where it is called each time. */
    private static final int INLINED_BY_C2 = 40;

    private static final int KIB = 1024;

    private static final StackRoom SECTION = of(4 * KIB, INLINED_BY_C2);
    private static final StackRoom LOCK = of(8 * KIB, NEVER_INLINED);
    private static final StackRoom REQUEST = of(24 * KIB, NEVER_INLINED);
    private static final StackRoom REQUESTS = of(32 * KIB, NEVER_INLINED);

    /** Creates an instance of a generated class. */
    protected StackRoom() {}

    /**
     * Requires room for the critical section of a fast path.
     *
     * <p>Code of C2 makes no calls in such a section, and needs no room.
     *
     * @throws StackOverflowError if the stack has no room for frames of 4 KiB
     */
    public static void forSection() {
        SECTION.require(1);
    }

    /**
     * Requires room for acquiring a lock, for a few calls under it, and for releasing it. A critical section of a slow path needs as much.
     *
     * @throws StackOverflowError if the stack has no room for frames of 8 KiB
     */
    public static void forLock() {
        LOCK.require(1);
    }

    /**
     * Requires room for a request that takes a slow path.
     *
     * @throws StackOverflowError if the stack has no room for frames of 24 KiB
     */
    public static void forRequest() {
        REQUEST.require(1);
    }

    /**
     * Requires room for an operation that makes several requests.
     *
     * @throws StackOverflowError if the stack has no room for frames of 32 KiB
     */
    public static void forRequests() {
        REQUESTS.require(1);
    }

    /**
     * Calls itself the given number of times, with frames of this size.
     *
     * @param calls the number of nested calls
     * @throws StackOverflowError if the stack has no room for the frames, of which there is one more than {@code calls}
     */
    protected abstract void require(int calls);

    private static StackRoom of(int bytes, int bytecodes) {
        try {
            Lookup frame = MethodHandles.lookup().defineHiddenClass(generate(bytes / Long.BYTES, bytecodes), true);
            return (StackRoom) frame.findConstructor(frame.lookupClass(), MethodType.methodType(void.class))
                    .invoke();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the generated constructor has no checked exception", e);
        }
    }

    /**
     * Returns the class file of a frame class.
     *
     * @param locals the number of local variables of 8 bytes
     * @param bytecodes the number of bytecodes that only enlarge the method
     */
    private static byte[] generate(int locals, int bytecodes) {
        ClassDesc room = ClassDesc.of(StackRoom.class.getName());
        ClassDesc self = ClassDesc.of(StackRoom.class.getName() + "$Frame");
        MethodTypeDesc require = MethodTypeDesc.of(CD_void, CD_int);
        return ClassFile.of()
                .build(
                        self,
                        type -> type.withFlags(ACC_FINAL | ACC_SUPER)
                                .withSuperclass(room)
                                .withMethodBody(
                                        "<init>",
                                        MTD_void,
                                        0,
                                        code -> code.aload(0)
                                                .invokespecial(room, "<init>", MTD_void)
                                                .return_())
                                .withMethodBody("require", require, ACC_PUBLIC, code -> {
                                    for (int i = 0; i < bytecodes; i++) {
                                        code.nop();
                                    }
                                    Label end = code.newLabel();
                                    code.iconst_0().istore(locals).iload(1).ifle(end);
                                    code.aload(0).iload(1).iconst_1().isub().invokevirtual(self, "require", require);
                                    code.labelBinding(end).return_();
                                }));
    }
}
