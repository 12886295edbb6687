package dev.malloc9.testkit;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;

/**
 * The Jupiter extension that implements {@link OsgiTest}. Outside, it sends each test into the framework instead of running it. Each
 * parameter is null there. Inside, it resolves parameters and lets everything proceed. A test class that a bundle has loaded is inside.
 */
final class OsgiExtension implements BeforeAllCallback, InvocationInterceptor, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(OsgiExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        if (isOutside(context)) {
            // A nested class finds the framework of its enclosing class in the parent's store.
            context.getStore(NAMESPACE)
                    .getOrComputeIfAbsent(
                            Launching.class, key -> Launching.of(context.getRequiredTestClass()), Launching.class);
        }
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        runInside(test, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        runInside(test, context);
    }

    @Override
    public <T extends @Nullable Object> T interceptTestFactoryMethod(
            Invocation<T> factory, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        if (isOutside(context)) {
            throw new ExtensionConfigurationException(
                    "@OsgiTest has no @TestFactory: use @ParameterizedTest for " + method.getExecutable());
        }
        return factory.proceed();
    }

    @Override
    public void interceptBeforeAllMethod(
            Invocation<Void> before, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        runOnlyInside(before, context);
    }

    @Override
    public void interceptBeforeEachMethod(
            Invocation<Void> before, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        runOnlyInside(before, context);
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<Void> after, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        runOnlyInside(after, context);
    }

    @Override
    public void interceptAfterAllMethod(
            Invocation<Void> after, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        runOnlyInside(after, context);
    }

    /** {@inheritDoc} Supports interfaces only. Types of the JDK and of JUnit are never services, since other resolvers provide them. */
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type.isInterface()
                && !type.getName().startsWith("java.")
                && !type.getName().startsWith("org.junit.");
    }

    @Override
    public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Bundle probe = FrameworkUtil.getBundle(context.getRequiredTestClass());
        if (probe == null) {
            return null;
        }
        Class<?> type = parameter.getParameter().getType();
        if (type == Bundle.class) {
            return probe;
        }
        if (type == BundleContext.class) {
            return probe.getBundleContext();
        }
        AwaitedService<?> service = AwaitedService.of(type, probe.getBundleContext());
        context.getStore(NAMESPACE).put(service, service);
        return service.get();
    }

    private static void runInside(Invocation<Void> test, ExtensionContext context) throws Throwable {
        if (isOutside(context)) {
            test.skip();
            Launching framework = context.getStore(NAMESPACE).get(Launching.class, Launching.class);
            if (framework == null) {
                throw new ExtensionConfigurationException(
                        "@OsgiTest started no framework for " + context.getUniqueId());
            }
            framework.run(context.getUniqueId());
        } else {
            test.proceed();
        }
    }

    private static void runOnlyInside(Invocation<Void> method, ExtensionContext context) throws Throwable {
        if (isOutside(context)) {
            method.skip();
        } else {
            method.proceed();
        }
    }

    private static boolean isOutside(ExtensionContext context) {
        return FrameworkUtil.getBundle(context.getRequiredTestClass()) == null;
    }
}
