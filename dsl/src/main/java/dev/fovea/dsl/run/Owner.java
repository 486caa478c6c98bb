package dev.fovea.dsl.run;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// The process that holds a run folder.
///
/// @param host name of its machine
/// @param space what separates process ids on hosts of one name: boot and process-id namespace; empty where unknown
/// @param pid its process id
/// @param startMillis when the process started, in milliseconds since 1970 UTC; 0 where unknown
public record Owner(String host, String space, long pid, long startMillis) {
    /// Start times are counted from the time of boot, which moves when the clock is set.
    private static final long CLOCK_STEP_MILLIS = 5_000;

    /// The running process.
    public static Owner current() {
        ProcessHandle self = ProcessHandle.current();
        return new Owner(hostName(), spaceOfProcesses(), self.pid(), startMillis(self));
    }

    /// Whether the process is gone, as far as this machine can tell; nothing if it cannot.
    public Optional<Boolean> gone() {
        Owner here = current();
        if (!host.equals(here.host) || !space.equals(here.space) || space.isEmpty()) {
            return Optional.empty();
        }
        Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
        return Optional.of(process.isEmpty() || Math.abs(startMillis(process.get()) - startMillis) > CLOCK_STEP_MILLIS);
    }

    @Override
    public String toString() {
        return "process " + pid + " on " + host + ", started " + Instant.ofEpochMilli(startMillis);
    }

    private static long startMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static String hostName() {
        String fromEnvironment = System.getenv("HOSTNAME");
        String fromKernel = firstLine(Path.of("/proc/sys/kernel/hostname"));
        if (!fromKernel.isEmpty()) {
            return fromKernel;
        }
        if (fromEnvironment != null && !fromEnvironment.isBlank()) {
            return fromEnvironment;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return "unknown";
        }
    }

    private static String spaceOfProcesses() {
        String boot = firstLine(Path.of("/proc/sys/kernel/random/boot_id"));
        String processes = link(Path.of("/proc/self/ns/pid"));
        return boot.isEmpty() || processes.isEmpty() ? "" : boot + " " + processes;
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file).lines().findFirst().orElse("").strip();
        } catch (IOException _) {
            return "";
        }
    }

    private static String link(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException _) {
            return "";
        }
    }
}
