package dev.fovea.runtime.exec.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import org.junit.jupiter.api.Test;

/// The rule that [VectorMath] states: no method of this package takes or returns a vector.
class NoVectorCrossesACallTest {
    @Test
    void noMethodTakesOrReturnsAVector() throws IOException, URISyntaxException, ClassNotFoundException {
        Path classes = Path.of(VectorMath.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        String name = VectorMath.class.getPackageName();
        List<String> files;
        try (Stream<Path> list = Files.list(classes.resolve(name.replace('.', '/')))) {
            files = list.map(p -> p.getFileName().toString())
                    .filter(f -> f.endsWith(".class"))
                    .sorted()
                    .toList();
        }
        assertThat(files).hasSizeGreaterThan(20);
        List<String> found = new ArrayList<>();
        for (String file : files) {
            Class<?> c = Class.forName(name + "." + file.substring(0, file.length() - ".class".length()));
            for (Method m : c.getDeclaredMethods()) {
                if (Stream.concat(Stream.of(m.getReturnType()), Stream.of(m.getParameterTypes()))
                        .anyMatch(t -> Vector.class.isAssignableFrom(t) || VectorMask.class.isAssignableFrom(t))) {
                    found.add(m.toString());
                }
            }
        }
        assertThat(found).isEmpty();
    }
}
