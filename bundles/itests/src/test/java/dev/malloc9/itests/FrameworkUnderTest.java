package dev.malloc9.itests;

/**
 * The framework that this run of the tests uses, selected by {@code -Dosgi.test.framework}. The property is known only outside the
 * framework.
 */
final class FrameworkUnderTest {

    static final boolean IS_EQUINOX = "equinox".equals(System.getProperty("osgi.test.framework"));

    static final String SYMBOLIC_NAME = IS_EQUINOX ? "org.eclipse.osgi" : "org.apache.felix.framework";

    private FrameworkUnderTest() {}
}
