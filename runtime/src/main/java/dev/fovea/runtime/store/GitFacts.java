package dev.fovea.runtime.store;

import dev.fovea.dsl.run.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// The state of a git working folder, complete enough to get its code back.
///
/// @param commit the checked-out commit in hex
/// @param branch its branch, or empty
/// @param dirty whether files differ from the commit or are untracked
/// @param patch changes of tracked files as a patch, at most [#MOST_PATCH_BYTES], without secrets
/// @param patchCut whether the patch was longer
/// @param untracked SHA-256 by path of the first [#MOST_UNTRACKED] untracked files that are not ignored
/// @param untrackedCount how many there are
record GitFacts(
        String commit,
        String branch,
        boolean dirty,
        String patch,
        boolean patchCut,
        SequencedMap<String, String> untracked,
        int untrackedCount) {
    static final int MOST_PATCH_BYTES = 256 << 10;
    static final int MOST_UNTRACKED = 100;

    private static final int MOST_LIST_BYTES = 1 << 20;
    private static final long MOST_HASHED_BYTES = 16 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String[] PRIVATE_FILES = {"*.env", "*.pem", "*.key", "*id_rsa*", "*id_ed25519*", "*.netrc"};

    /// What a command printed.
    private record Output(byte[] bytes, boolean cut) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /// Asks git; nothing if there is no git, no checkout, no commit, or no answer in time.
    static Optional<GitFacts> of(Path folder) {
        Optional<Output> commit = git(folder, 200, "rev-parse", "--verify", "HEAD");
        Optional<Output> patch = git(folder, MOST_PATCH_BYTES, patchCommand());
        Optional<Output> others =
                git(folder, MOST_LIST_BYTES, "ls-files", "--others", "--exclude-standard", "--full-name", "-z", ":/");
        Optional<Output> top = git(folder, 10_000, "rev-parse", "--show-toplevel");
        if (commit.isEmpty() || patch.isEmpty() || others.isEmpty() || top.isEmpty()) {
            return Optional.empty();
        }
        String branch = git(folder, 1_000, "symbolic-ref", "--quiet", "--short", "HEAD")
                .map(output -> output.text().strip())
                .orElse("");
        List<String> untracked = List.of(others.get().text().split("\0")).stream()
                .filter(name -> !name.isEmpty())
                .sorted()
                .toList();
        boolean dirty = patch.get().bytes.length > 0 || !untracked.isEmpty();
        return Optional.of(new GitFacts(
                commit.get().text().strip(),
                branch,
                dirty,
                Secrets.redact(patch.get().text()),
                patch.get().cut,
                digests(Path.of(top.get().text().strip()), untracked),
                untracked.size()));
    }

    private static String[] patchCommand() {
        List<String> command = new ArrayList<>(List.of("diff", "--no-ext-diff", "--no-textconv", "--no-color", "HEAD"));
        command.addAll(List.of("--", ":/"));
        for (String name : PRIVATE_FILES) {
            command.add(":(top,exclude,icase)" + name);
        }
        return command.toArray(String[]::new);
    }

    private static SequencedMap<String, String> digests(Path top, List<String> names) {
        SequencedMap<String, String> digests = new TreeMap<>();
        for (String name : names.subList(0, Math.min(names.size(), MOST_UNTRACKED))) {
            digests.put(name, digest(top.resolve(name)));
        }
        return Collections.unmodifiableSequencedMap(digests);
    }

    private static String digest(Path file) {
        try {
            boolean hashed = Files.isRegularFile(file) && Files.size(file) <= MOST_HASHED_BYTES;
            return hashed ? Digests.sha256(file) : "";
        } catch (IOException | StoreException _) {
            return "";
        }
    }

    private static Optional<Output> git(Path folder, int mostBytes, String... arguments) {
        List<String> command = new ArrayList<>(List.of("git", "-c", "core.fsmonitor=false", "-C", folder.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(Map.of("GIT_OPTIONAL_LOCKS", "0", "LC_ALL", "C", "GIT_TERMINAL_PROMPT", "0"));
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            Thread.ofVirtual().name("git deadline").start(() -> stopLate(process));
            try (InputStream in = process.getInputStream()) {
                byte[] bytes = in.readNBytes(mostBytes);
                boolean cut = in.read() >= 0;
                if (cut) {
                    process.destroy();
                    return Optional.of(new Output(bytes, true));
                }
                boolean well = process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == 0;
                return well ? Optional.of(new Output(bytes, false)) : Optional.empty();
            }
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static void stopLate(Process process) {
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
        }
    }
}
