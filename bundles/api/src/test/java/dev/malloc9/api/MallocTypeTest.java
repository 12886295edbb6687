package dev.malloc9.api;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.kernel.TypeRecords;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;

class MallocTypeTest {

    @MallocDefine(name = "first", description = "The first of two")
    static final MallocType M_FIRST = MallocType.define();

    @MallocDefine(name = "second", magic = 42)
    private static final MallocType M_SECOND = MallocType.define();

    private static final MallocType M_BARE = MallocType.define();

    @Test
    void typeHasTheValuesOfItsFieldsAnnotation() {
        assertThat(M_FIRST.name()).isEqualTo("first");
        assertThat(M_FIRST.description()).isEqualTo("The first of two");
        assertThat(M_FIRST.magic()).isEqualTo(MallocType.M_MAGIC);
        assertThat(M_FIRST.declaringClass()).isEqualTo(MallocTypeTest.class);
    }

    @Test
    void twoTypesOfAClassAreToldApart() {
        assertThat(M_SECOND.name()).isEqualTo("second");
        assertThat(M_SECOND.magic()).isEqualTo(42);
        assertThat(M_SECOND.description()).isEmpty();
    }

    @Test
    void aTypeInAFieldWithoutAnnotationIsNamed() {
        assertThatThrownBy(M_BARE::name)
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("malloc_init: no @MallocDefine on the static field of dev.malloc9.api.MallocTypeTest"
                        + " that holds this type");
    }

    @Test
    void recordIsReplacedOnlyWhereItIsTheExpectedOne() {
        TypeRecords records = TypeRecords.get();
        Object mine = new MallocTypeTest();
        assertThat(M_FIRST.handle()).isNull();
        assertThat(records.replace(M_FIRST, null, mine)).isTrue();
        assertThat(records.replace(M_FIRST, null, new MallocTypeTest())).isFalse();
        assertThat(M_FIRST.handle()).isSameAs(mine);
        assertThat(records.replace(M_FIRST, mine, null)).isTrue();
    }

    @Test
    void recordOfAnotherClassLoaderIsNotStored() {
        assertThat(TypeRecords.get().replace(M_FIRST, null, "a class of the JDK"))
                .isFalse();
        assertThat(M_FIRST.handle()).isNull();
        assertThatThrownBy(() -> TypeRecords.publish(TypeRecords.get())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void noMethodOfTheTypeTakesARecord() {
        assertThat(MallocType.class.getMethods())
                .filteredOn(method -> method.getDeclaringClass() == MallocType.class)
                .filteredOn(method -> method.getParameterCount() > 0)
                .isEmpty();
    }

    @Test
    void packageOfTheKernelsAccessHasAMandatoryAttribute() throws IOException {
        try (InputStream in = Files.newInputStream(Path.of("target/classes/META-INF/MANIFEST.MF"))) {
            assertThat(new Manifest(in).getMainAttributes().getValue("Export-Package"))
                    .containsPattern("dev\\.malloc9\\.api\\.kernel;access=kernel;[^,]*mandatory:=access");
        }
    }

    @Test
    void magicEqualsFreeBsdsValue() {
        assertThat(Instant.ofEpochSecond(MallocType.M_MAGIC)).isEqualTo("1997-10-27T20:26:17Z");
    }

    @Test
    void flagsHaveFreeBsdsValuesAndChooseTheOverload() {
        assertThat(M_NOWAIT).isEqualTo(0x1);
        assertThat(M_WAITOK).isEqualTo(0x2);
        assertThat(M_ZERO).isEqualTo(0x100);
        assertThat(overload(M_WAITOK | M_ZERO)).isEqualTo("never null");
        assertThat(overload(M_NOWAIT | M_ZERO)).isEqualTo("nullable");
    }

    @SuppressWarnings("UnusedVariable") // the type of the parameter selects the overload; its value is not used
    private static String overload(int flags) {
        return "never null";
    }

    @SuppressWarnings("UnusedVariable")
    private static String overload(long flags) {
        return "nullable";
    }
}
