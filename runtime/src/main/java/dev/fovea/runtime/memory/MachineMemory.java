package dev.fovea.runtime.memory;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// How much memory this process may take: that of the machine, or of the control groups it runs in, as containers
/// and job schedulers set them.
///
/// @param total bytes that the process could ever have
/// @param available bytes that it can have now without pushing others out
/// @param limitedBy what sets `available`, for people: `the machine` or `the control group /...`
public record MachineMemory(long total, long available, String limitedBy) {
    private static final String MACHINE = "the machine";

    /// What holds for this process now.
    public static MachineMemory now() {
        Path root = Path.of("/");
        return Files.isReadable(root.resolve("proc/meminfo")) ? of(root) : elsewhere();
    }

    /// Reads Linux' files under `root`; control groups of both versions.
    static MachineMemory of(Path root) {
        Path info = root.resolve("proc/meminfo");
        MachineMemory found = new MachineMemory(
                1024 * field(info, "MemTotal:").orElse(Long.MAX_VALUE / 1024),
                1024 * field(info, "MemAvailable:").orElse(Long.MAX_VALUE / 1024),
                MACHINE);
        for (String line : lines(root.resolve("proc/self/cgroup"))) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && parts[1].isEmpty()) {
                found = found.within(root.resolve("sys/fs/cgroup"), parts[2], Version.V2);
            } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
                found = found.within(root.resolve("sys/fs/cgroup/memory"), parts[2], Version.V1);
            }
        }
        return found;
    }

    /// Outside Linux the system does not tell what it could free; three quarters of the machine are taken as such.
    private static MachineMemory elsewhere() {
        long total = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
        return new MachineMemory(total, total / 4 * 3, MACHINE);
    }

    /// Names of a control group's files.
    private enum Version {
        V1("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        V2("memory.max", "memory.current", "inactive_file");

        private final String limit;
        private final String usage;
        private final String reclaimable;

        Version(String limit, String usage, String reclaimable) {
            this.limit = limit;
            this.usage = usage;
            this.reclaimable = reclaimable;
        }
    }

    /// Takes the limits of a group and of all groups around it. In a container the path may be one of the host's,
    /// whose folders are not there; then the mount itself is the group.
    private MachineMemory within(Path mount, String group, Version names) {
        MachineMemory found = this;
        Path inner = mount.resolve(group.replaceFirst("^/+", "")).normalize();
        Path start = inner.startsWith(mount) ? inner : mount;
        for (Path folder = start; folder != null && folder.startsWith(mount); folder = folder.getParent()) {
            OptionalLong limit = number(folder.resolve(names.limit));
            if (limit.isPresent()) {
                long left = left(folder, limit.getAsLong(), names);
                found = found.atMost(limit.getAsLong(), left, "the control group /" + mount.relativize(folder));
            }
        }
        return found;
    }

    private static long left(Path folder, long limit, Version names) {
        long used = number(folder.resolve(names.usage)).orElse(0);
        long reclaimable =
                field(folder.resolve("memory.stat"), names.reclaimable).orElse(0);
        return Math.max(0, limit - Math.max(0, used - reclaimable));
    }

    private MachineMemory atMost(long limit, long left, String by) {
        return new MachineMemory(Math.min(total, limit), Math.min(available, left), left < available ? by : limitedBy);
    }

    /// The most memory that this process has ever held (VmHWM), or empty where the system does not tell.
    public static OptionalLong peakOfThisProcess() {
        OptionalLong kibibytes = field(Path.of("/proc/self/status"), "VmHWM:");
        return kibibytes.isPresent() ? OptionalLong.of(1024 * kibibytes.getAsLong()) : kibibytes;
    }

    /// The number after `name` at the beginning of a line.
    private static OptionalLong field(Path file, String name) {
        Optional<String> line = lines(file).stream()
                .filter(l -> l.startsWith(name + " ") || l.startsWith(name + "\t"))
                .findFirst();
        return line.isEmpty() ? OptionalLong.empty() : parse(line.get().substring(name.length()));
    }

    private static OptionalLong number(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? OptionalLong.empty() : parse(lines.getFirst());
    }

    /// The first word as a number; empty for `max` and anything else.
    private static OptionalLong parse(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text.strip().split("\\s+")[0]));
        } catch (NumberFormatException _) {
            return OptionalLong.empty();
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException | RuntimeException _) {
            return List.of();
        }
    }
}
