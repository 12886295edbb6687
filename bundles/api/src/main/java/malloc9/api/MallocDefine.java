package malloc9.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Capability;
import org.osgi.annotation.bundle.Header;
import org.osgi.annotation.bundle.Requirement;

/**
 * Declares a memory type: MALLOC_DEFINE(9) as an annotation on the static field that holds it.
 *
 * <p>When bnd builds the bundle, this line alone writes
 * <ul>
 *   <li>a {@code malloc9.type} capability with name, magic and descriptor version, which the kernel registers before
 *       the bundle's activator runs and which {@code inspect cap malloc9.type} lists before the bundle starts;
 *   <li>a requirement on the kernel, so that a driver without one does not resolve;
 *   <li>{@link DriverActivator} as the bundle's activator, by which the kernel can refuse a garbage descriptor. It
 *       calls the class around this line, if that is a {@code BundleActivator}; where the driver's activator is
 *       another class, {@code bnd.bnd} says {@code Malloc9-Activator: a.b.C} instead of {@code Bundle-Activator}.
 * </ul>
 *
 * <p>A name is registered as written: blanks at its ends, commas, colons and letters of any script included. When the
 * bundle starts, a blank name and a name with control characters are refused. A name with a double quote, a backslash or
 * the beginning of one of bnd's macros, <code>$</code>&#123;, is not supported: if it does not survive in the manifest,
 * bnd refuses the build or this API the start, with the reason.
 *
 * <p>Two bundles may use one name; within a bundle a name stands once. Views show it, escaped to printable
 * characters; the binary streams cut it to 31.
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
@Header(name = "Bundle-Activator", value = "malloc9.api.DriverActivator")
@Header(name = "Malloc9-Activator", value = "${@class}")
public @interface MallocDefine {

    /** The short description, as {@code vmstat -m} shows it: 1 or more characters. */
    String name();

    /** What the memory is for, in a few words. */
    String description() default "";

    /** The descriptor's magic. Anything but {@link MallocType#M_MAGIC} is a descriptor that no kernel accepts. */
    long magic() default MallocType.M_MAGIC;
}
