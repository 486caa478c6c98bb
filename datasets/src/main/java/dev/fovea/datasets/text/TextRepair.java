package dev.fovea.datasets.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Repairs the common kinds of broken Unicode, as far as ftfy's `fix_text` does the same: UTF-8 that was read as
/// Windows-1252 (up to three times over), curly quotes, Latin ligatures, full-width forms, control characters, and
/// the composed form NFC. Rarer damage (other code pages, lost bytes, lone surrogates) stays as it is.
final class TextRepair {
    private static final Charset WINDOWS = Charset.forName("windows-1252");
    private static final int ROUNDS = 3;

    /// Runs of characters that bytes from 0x80 on become in Windows-1252: two or more may hide one character. The
    /// first stands for the leading byte of a UTF-8 sequence.
    private static final Pattern MISREAD = Pattern.compile("[\u00c2-\u00f4][" + upperHalf() + "]+");

    private static final Pattern SINGLE_QUOTES = Pattern.compile("[\u02bc\u2018-\u201b]");
    private static final Pattern DOUBLE_QUOTES = Pattern.compile("[\u201c-\u201f]");
    private static final Pattern LINE_BREAKS = Pattern.compile("\r\n|[\r\u0085\u2028\u2029]");
    private static final Pattern CONTROLS =
            Pattern.compile("[\u0000-\u0008\u000b\u000e-\u001f\u007f\u206a-\u206f\ufeff\ufff9-\ufffc]");
    private static final Pattern COMPATIBLE = Pattern.compile("[\ufb00-\ufb06\u0132\u0133\uff01-\uffee\u3000]+");

    private TextRepair() {}

    static String of(String text) {
        if (isPlainAscii(text)) {
            return text;
        }
        String read = text;
        for (int round = 0; round < ROUNDS; round++) {
            read = MISREAD.matcher(read).replaceAll(run -> Matcher.quoteReplacement(reread(run.group())));
        }
        String quotes = SINGLE_QUOTES.matcher(read).replaceAll("'");
        quotes = DOUBLE_QUOTES.matcher(quotes).replaceAll("\"");
        String forms = COMPATIBLE
                .matcher(quotes)
                .replaceAll(run -> Matcher.quoteReplacement(Normalizer.normalize(run.group(), Normalizer.Form.NFKC)));
        String lines = LINE_BREAKS.matcher(forms).replaceAll("\n");
        return Normalizer.normalize(CONTROLS.matcher(lines).replaceAll(""), Normalizer.Form.NFC);
    }

    private static boolean isPlainAscii(String text) {
        return text.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
    }

    /// The characters of Windows-1252 at 0x80 to 0xbf, the continuation bytes of UTF-8; the five bytes without a
    /// character stand for themselves, as web browsers read them.
    private static String upperHalf() {
        StringBuilder characters = new StringBuilder("\u0080-\u00bf");
        for (int value = 0x80; value < 0xa0; value++) {
            characters.append(new String(new byte[] {(byte) value}, WINDOWS).replace("\ufffd", ""));
        }
        return characters.toString();
    }

    /// The run's bytes read as UTF-8, or the run itself if they are not UTF-8 throughout.
    private static String reread(String run) {
        byte[] bytes = new byte[run.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = run.charAt(i);
            byte[] one = String.valueOf(c).getBytes(WINDOWS);
            bytes[i] = c < 0x100 ? (byte) c : one[0];
        }
        for (int length = bytes.length; length >= 2; length--) {
            try {
                ByteBuffer part = ByteBuffer.wrap(Arrays.copyOf(bytes, length));
                return StandardCharsets.UTF_8.newDecoder().decode(part) + run.substring(length);
            } catch (CharacterCodingException _) {
                // a shorter run may be sound
            }
        }
        return run;
    }
}
