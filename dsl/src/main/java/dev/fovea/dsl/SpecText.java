package dev.fovea.dsl;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reads a file that must be UTF-8 text of moderate size.
final class SpecText {
    /// Largest file in bytes. Real specs have a few thousand.
    static final int MAX_BYTES = 1 << 20;

    private SpecText() {}

    /// Why a file cannot be a spec.
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;
        private final int line;
        private final int column;
        private final @Nullable String hint;

        Unreadable(String message, @Nullable String hint, int line, int column) {
            super(message);
            this.hint = hint;
            this.line = line;
            this.column = column;
        }

        @Nullable
        String hint() {
            return hint;
        }

        /// From 1; 0 if the file as a whole is meant.
        int line() {
            return line;
        }

        int column() {
            return column;
        }
    }

    /// The content, without a byte order mark.
    static String read(Path file) throws IOException, Unreadable {
        if (Files.isDirectory(file)) {
            throw new Unreadable(file + " is a folder", "name the YAML file in it", 0, 0);
        }
        try (InputStream in = Files.newInputStream(file)) {
            return decode(in.readNBytes(MAX_BYTES + 1));
        } catch (NoSuchFileException e) {
            throw new Unreadable(file + " does not exist", null, 0, 0);
        } catch (AccessDeniedException e) {
            throw new Unreadable(file + " must not be read by this user", null, 0, 0);
        }
    }

    private static String decode(byte[] bytes) throws Unreadable {
        if (bytes.length > MAX_BYTES) {
            throw new Unreadable("larger than 1 MiB, so it is no spec", null, 0, 0);
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
            int column = 1 + text.length() - 1 - text.lastIndexOf('\n');
            String found = "%02X".formatted(bytes[in.position()] & 0xff);
            throw new Unreadable("not UTF-8 text (byte " + found + ")", "save it as UTF-8", line, column);
        }
        return withoutMark(text);
    }

    static String withoutMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
