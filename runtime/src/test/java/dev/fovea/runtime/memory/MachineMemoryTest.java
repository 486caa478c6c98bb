package dev.fovea.runtime.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Available memory from recorded forms of Linux' files.
@NullUnmarked
class MachineMemoryTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path root;

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @BeforeEach
    void aMachine() throws IOException {
        file("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:  1024 kB\nMemAvailable:    8388608 kB\n");
    }

    @Test
    void withoutGroupsItIsTheMachine() {
        assertThat(MachineMemory.of(root)).isEqualTo(new MachineMemory(16384 * MIB, 8192 * MIB, "the machine"));
    }

    @Test
    void theTightestGroupOfVersion2Counts() throws IOException {
        file("proc/self/cgroup", "0::/user.slice/job.scope\n");
        file("sys/fs/cgroup/user.slice/job.scope/memory.max", "max\n");
        file("sys/fs/cgroup/user.slice/job.scope/memory.current", "104857600\n");
        file("sys/fs/cgroup/user.slice/memory.max", 2048 * MIB + "\n");
        file("sys/fs/cgroup/user.slice/memory.current", 1000 * MIB + "\n");
        file("sys/fs/cgroup/user.slice/memory.stat", "anon 17\ninactive_file " + 300 * MIB + "\nactive_file 5\n");
        assertThat(MachineMemory.of(root))
                .isEqualTo(new MachineMemory(2048 * MIB, 1348 * MIB, "the control group /user.slice"));
    }

    @Test
    void aContainerSeesItsGroupAsTheRoot() throws IOException {
        file("proc/self/cgroup", "0::/../../docker/0123\n");
        file("sys/fs/cgroup/memory.max", 512 * MIB + "\n");
        file("sys/fs/cgroup/memory.current", 12 * MIB + "\n");
        assertThat(MachineMemory.of(root)).isEqualTo(new MachineMemory(512 * MIB, 500 * MIB, "the control group /"));
    }

    @Test
    void version1IsRead() throws IOException {
        file("proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/jobs/7\n0::/\n");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        file("sys/fs/cgroup/memory/memory.usage_in_bytes", "1\n");
        file("sys/fs/cgroup/memory/jobs/7/memory.limit_in_bytes", 1024 * MIB + "\n");
        file("sys/fs/cgroup/memory/jobs/7/memory.usage_in_bytes", 1100 * MIB + "\n");
        file("sys/fs/cgroup/memory/jobs/7/memory.stat", "cache 5\ntotal_inactive_file " + 90 * MIB + "\n");
        assertThat(MachineMemory.of(root))
                .isEqualTo(new MachineMemory(1024 * MIB, 14 * MIB, "the control group /jobs/7"));
    }

    @Test
    void aGroupWiderThanTheMachineChangesNothing() throws IOException {
        file("proc/self/cgroup", "0::/wide\n");
        file("sys/fs/cgroup/wide/memory.max", 99_999 * MIB + "\n");
        assertThat(MachineMemory.of(root)).isEqualTo(new MachineMemory(16384 * MIB, 8192 * MIB, "the machine"));
    }

    @Test
    void thisMachineHasMemory() {
        MachineMemory now = MachineMemory.now();
        assertThat(now.total()).isGreaterThan(100 * MIB);
        assertThat(now.available()).isPositive().isLessThanOrEqualTo(now.total());
    }
}
