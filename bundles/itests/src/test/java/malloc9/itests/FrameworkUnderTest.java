package malloc9.itests;

/** The framework that this run of the tests was asked to use, by {@code -Dosgi.test.framework}; known outside only. */
final class FrameworkUnderTest {

    static final boolean IS_EQUINOX = "equinox".equals(System.getProperty("osgi.test.framework"));

    static final String SYMBOLIC_NAME = IS_EQUINOX ? "org.eclipse.osgi" : "org.apache.felix.framework";

    private FrameworkUnderTest() {}
}
