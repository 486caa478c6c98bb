package dev.fovea.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.kernels.TornadoProbe.Finding;
import dev.fovea.kernels.TornadoProbe.Missing;
import dev.fovea.kernels.TornadoProbe.Usable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each missing thing is named, one at a time, in the order in which one would install them.
class TornadoProbeTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void withoutTheVariableSaysSo() {
        assertThat(missing(TornadoProbe.probe(Map.of(), plainLoader())).line())
                .startsWith("TORNADOVM_HOME is not set; ")
                .contains("SDK 5.2.0 for JDK 25");
        assertThat(missing(TornadoProbe.probe(Map.of("TORNADOVM_HOME", " "), plainLoader()))
                        .fact())
                .isEqualTo("TORNADOVM_HOME is not set");
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        assertThat(missing(probe(folder.resolve("gone"), plainLoader())).fact())
                .isEqualTo("TORNADOVM_HOME names no folder: " + folder.resolve("gone"));
    }

    @Test
    void anIncompleteSdkIsNamed() {
        assertThat(missing(probe(folder, plainLoader())).fact()).isEqualTo("no file tornado-argfile in " + folder);
    }

    @Test
    void aJvmWithoutItsClassesIsTold() throws IOException {
        Files.createFile(folder.resolve("tornado-argfile"));
        assertThat(missing(probe(folder, plainLoader())).line())
                .isEqualTo("TornadoVM's classes are not in this JVM; start through bin/fovea, which adds " + folder
                        + "/tornado-argfile");
    }

    @Test
    void noDeviceIsTold() throws IOException {
        Files.createFile(folder.resolve("tornado-argfile"));
        ClassLoader fake = compiled("public static Map getTornadoDeviceMap() { return new Map(List.of()); }");
        assertThat(missing(probe(folder, fake)).fact()).isEqualTo("TornadoVM finds no device");
    }

    @Test
    void aStartThatFailsIsTold() throws IOException {
        Files.createFile(folder.resolve("tornado-argfile"));
        ClassLoader fake =
                compiled("public static Map getTornadoDeviceMap() { throw new IllegalStateException(\"no driver\"); }");
        assertThat(missing(probe(folder, fake)).fact())
                .isEqualTo("TornadoVM does not start: java.lang.IllegalStateException: no driver");
    }

    @Test
    void anotherApiIsTold() throws IOException {
        Files.createFile(folder.resolve("tornado-argfile"));
        assertThat(missing(probe(folder, compiled(""))).fact()).startsWith("TornadoVM's API is not the expected one: ");
    }

    @Test
    void devicesAreListed() throws IOException {
        Files.createFile(folder.resolve("tornado-argfile"));
        ClassLoader fake = compiled(
                "public static Map getTornadoDeviceMap() { return new Map(List.of(new Backend(\"OpenCL\", \"a\", \"b\"))); }");
        assertThat(probe(folder, fake)).isEqualTo(new Usable(folder, List.of("OpenCL: a", "OpenCL: b")));
    }

    private static Finding probe(Path home, ClassLoader classes) {
        return TornadoProbe.probe(Map.of("TORNADOVM_HOME", home.toString()), classes);
    }

    private static Missing missing(Finding finding) {
        assertThat(finding).isInstanceOf(Missing.class);
        return (Missing) finding;
    }

    private static ClassLoader plainLoader() {
        return TornadoProbeTest.class.getClassLoader();
    }

    /// TornadoVM's plan class with the given method, beside a device map of the same shape as the real one.
    private ClassLoader compiled(String method) throws IOException {
        String source = """
                package uk.ac.manchester.tornado.api;
                import java.util.List;
                public class TornadoExecutionPlan {
                    public static class Map {
                        private final List<Backend> all;
                        Map(List<Backend> all) { this.all = all; }
                        public List<Backend> getAllBackends() { return all; }
                    }
                    public static class Backend {
                        private final String name;
                        private final List<String> devices;
                        Backend(String name, String... devices) { this.name = name; this.devices = List.of(devices); }
                        public String getName() { return name; }
                        public List<String> getAllDevices() { return devices; }
                    }
                    %s
                }
                """.formatted(method);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Path classes = Files.createDirectory(folder.resolve("classes"));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
            boolean compiled = compiler.getTask(
                            null, files, null, List.of("-proc:none"), null, List.of(new Text(source)))
                    .call();
            assertThat(compiled).isTrue();
        }
        return new java.net.URLClassLoader(new java.net.URL[] {classes.toUri().toURL()}, null);
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String source;

        Text(String source) {
            super(URI.create("string:///uk/ac/manchester/tornado/api/TornadoExecutionPlan.java"), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }
}
