package dev.malloc9.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.InvocationTargetException;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Tests that a failure inside a framework keeps its kind, text and causes on its way to the test runner. */
class RemoteFailureTest {

    @Test
    void assertionErrorIsReceivedAsAssertionError() throws Exception {
        AssertionError inner = new AssertionError("one is not two");
        assertThat(sent(inner)).isInstanceOf(AssertionFailedError.class).hasMessage("one is not two");
        assertThat(sent(inner).getStackTrace()).isEqualTo(inner.getStackTrace());
    }

    @Test
    void anAssumptionAbortsTheTest() throws Exception {
        assertThat(sent(new TestAbortedException("not here")))
                .isInstanceOf(TestAbortedException.class)
                .hasMessage("not here");
    }

    @Test
    void anErrorKeepsItsTextAndItsCauses() throws Exception {
        Exception inner = new IllegalArgumentException("outer", new IOException("inner"));
        inner.addSuppressed(new IOException("aside"));
        Throwable outer = sent(inner);
        assertThat(outer).isInstanceOf(RemoteFailure.class).hasToString(inner.toString());
        assertThat(outer.getCause()).hasToString("java.io.IOException: inner");
        assertThat(outer.getSuppressed()[0]).hasToString("java.io.IOException: aside");
    }

    @Test
    void errorOfTheContainerIsUnchanged() {
        RuntimeException own = new IllegalStateException("no framework");
        assertThat(RemoteFailure.unpack(own)).isSameAs(own);
    }

    /** Returns a throwable as it arrives from the forked container: serialized, and wrapped by a reflective call. */
    private static Throwable sent(Throwable inner) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new InvocationTargetException(RemoteFailure.pack(inner)));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return RemoteFailure.unpack(new IllegalStateException((Throwable) in.readObject()));
        }
    }
}
