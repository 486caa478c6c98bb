package dev.fovea.dsl.run;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/// A stored file cannot be read or written. The message is one line for the user: what, where, what would be right.
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// A problem in what a file holds.
    ///
    /// @param message one line that names the file and the values involved
    public StoreException(String message) {
        super(oneLine(message));
    }

    /// A problem with a cause.
    ///
    /// @param message one line that names the file and the values involved
    /// @param cause what was thrown below
    public StoreException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /// Explains a failed file operation in the user's words.
    ///
    /// @param action the verb, such as `write` or `read`
    /// @param path the file or folder that the user knows
    /// @param cause what the file system answered
    /// @return an exception that reads `cannot write runs/x/journal: the disk is full; ...`
    public static StoreException of(String action, Path path, IOException cause) {
        return new StoreException("cannot " + action + " " + path + ": " + reason(path, cause), cause);
    }

    private static String reason(Path path, IOException cause) {
        String other = cause instanceof FileSystemException failure && failure.getFile() != null
                ? elsewhere(path, failure.getFile())
                : "";
        return switch (cause) {
            case NoSuchFileException _ -> "no such file or folder" + other;
            case AccessDeniedException _ -> "permission denied" + other + "; choose a folder that you may write to";
            case FileAlreadyExistsException _ -> "it exists already" + other;
            case NotDirectoryException _ -> "it is not a folder" + other;
            default -> fromMessage(String.valueOf(cause.getMessage()), cause);
        };
    }

    private static String elsewhere(Path path, String file) {
        return file.equals(path.toString()) ? "" : " (" + file + ")";
    }

    private static String fromMessage(String message, IOException cause) {
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("not enough space")) {
            return "the disk is full; free some space or choose a folder on another disk";
        }
        if (lower.contains("quota exceeded")) {
            return "the disk quota is used up; free some space or choose a folder on another disk";
        }
        if (lower.contains("read-only file system")) {
            return "the file system is read-only; choose a folder that you may write to";
        }
        if (lower.contains("not a directory")) {
            return "a part of this path is a file, not a folder";
        }
        return cause.getClass().getSimpleName() + ": " + message;
    }

    private static String oneLine(String message) {
        return message.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse("");
    }
}
