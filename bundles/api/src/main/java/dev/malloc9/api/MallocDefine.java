package dev.malloc9.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.annotation.bundle.Requirement;

/**
 * The declaration of a memory type: MALLOC_DEFINE(9) as an annotation on the static field that holds the {@link MallocType}.
 *
 * <p>When bnd builds the bundle, the annotation writes to the manifest:
 * <ul>
 *   <li>a {@code malloc9.type} capability with name, description, magic and descriptor version. The kernel registers it before the bundle's
 *       activator runs. {@code inspect cap malloc9.type} lists it before the bundle starts.
 *   <li>a requirement on the kernel, so that a driver does not resolve without a kernel's bundle.
 *   <li>{@link DriverActivator} as the bundle's activator, through which the kernel can refuse an invalid descriptor. It calls the class
 *       that contains the field, if that is a {@code BundleActivator}; of several such classes, the first. If the driver's activator is
 *       another class, {@code bnd.bnd} has {@code Malloc9-Activator: a.b.C} instead of {@code Bundle-Activator}.
 * </ul>
 *
 * <p>A name is registered as written, including blanks at its ends, commas, colons and letters of any script. When the bundle starts, a
 * blank name and a name with control characters are refused. A name with a double quote, a backslash or the beginning of a bnd macro,
 * <code>$</code>&#123;, is not supported. If such a name does not survive in the manifest, either bnd refuses the build or
 * {@link DriverActivator} refuses the start, with the reason.
 *
 * <p>Two bundles may use the same name. Within one bundle a name must be unique. Views show the name with unprintable characters escaped;
 * the binary streams cut it to 31 bytes of UTF-8.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@Capability(
        namespace = MallocType.NAMESPACE,
        version = MallocType.DESCRIPTOR_VERSION,
        attribute = {MallocType.NAMESPACE + "=\"${#name}\"", "magic:Long=${#magic}", "description=\"${#description}\""})
@Requirement(
        namespace = "osgi.implementation",
        name = MallocType.KERNEL_IMPLEMENTATION,
        version = MallocType.DESCRIPTOR_VERSION)
@Header(name = "Bundle-Activator", value = "dev.malloc9.api.DriverActivator")
@Header(name = "Malloc9-Activator", value = "${@class}")
public @interface MallocDefine {

    /** {@return the short description, as {@code vmstat -m} shows it: 1 or more characters, not blank} */
    String name();

    /** {@return the purpose of the memory in a few words; may be empty} */
    String description() default "";

    /** {@return the descriptor's magic} A descriptor with another value than {@link MallocType#M_MAGIC} is refused by every kernel. */
    long magic() default MallocType.M_MAGIC;
}
