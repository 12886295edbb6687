package malloc9.vm;

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
 * A test that the caller's stack has room for an operation, made before the operation changes anything. If the room is missing, the test throws
 * the {@link StackOverflowError} that would otherwise cut the operation in the middle.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: a size is a generated class with one method of that many bytes of local variables. The interpreter makes its frame that
 *       large. Code of C1 and C2 has a small frame, but touches the stack as deep as the interpreter's frame would reach, since it must be able to go on
 *       there.
 *   <li>Invariants: the method calls itself once, because HotSpot leaves the touch out of a method that calls none. It is too large to be
 *       inlined, with one exception: C2 inlines the method of {@link #forSection()} where it compiles a fast path, and nothing is left of it.
 *   <li>Cost: some 3 ns, of {@link #forRequests()} 10 ns; of {@link #forSection()} none in C2's code.
 *   <li>Differs from BSD: a kernel stack there has a fixed size, and its end is a panic.
 * </ul>
 */
public abstract class StackRoom {

    /** The bytecodes of a method that neither C1 nor C2 inlines (FreqInlineSize). */
    private static final int NEVER_INLINED = 340;

    /** The bytecodes of a method that C1 does not inline (C1MaxInlineSize), and that C2 inlines where it is called each time. */
    private static final int INLINED_BY_C2 = 40;

    private static final int KIB = 1024;

    private static final StackRoom SECTION = of(4 * KIB, INLINED_BY_C2);
    private static final StackRoom LOCK = of(8 * KIB, NEVER_INLINED);
    private static final StackRoom REQUEST = of(24 * KIB, NEVER_INLINED);
    private static final StackRoom REQUESTS = of(32 * KIB, NEVER_INLINED);

    /** For the generated classes. */
    protected StackRoom() {}

    /**
     * Requires room for the critical section of a fast path.
     *
     * <p>Code of C2 has no calls in such a section, and needs none.
     */
    public static void forSection() {
        SECTION.require(1);
    }

    /** Requires room for taking a lock, for a few calls under it, and for giving it back; a critical section of a slow path needs as much. */
    public static void forLock() {
        LOCK.require(1);
    }

    /** Requires room for a request that takes a slow path. */
    public static void forRequest() {
        REQUEST.require(1);
    }

    /** Requires room for an operation that makes several requests. */
    public static void forRequests() {
        REQUESTS.require(1);
    }

    /**
     * Calls itself that many times with frames of this size.
     *
     * @throws StackOverflowError if the stack has no room for them
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
