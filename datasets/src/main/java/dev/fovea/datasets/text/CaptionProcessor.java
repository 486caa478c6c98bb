package dev.fovea.datasets.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/// What training does to captions before they become tokens: stock openings of captioning models are removed, a
/// last sentence about visible text is dropped, and with masking only a run of sentences stays. The captions of
/// several boxes are merged into one text.
public final class CaptionProcessor {
    /// Stock openings of captioning models. The reference removes two without naming them; these are the common
    /// ones.
    private static final List<String> LEAD_INS = List.of("the image shows ", "the image depicts ");

    private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?])\\s+");

    private final boolean sentenceMasking;

    /// @param sentenceMasking keep only a random run of each caption's sentences
    public CaptionProcessor(boolean sentenceMasking) {
        this.sentenceMasking = sentenceMasking;
    }

    /// The text of one element: one caption, or those of several boxes merged by keeping a random floor(total /
    /// boxes) of all their sentences (at least one) in order.
    ///
    /// @param captions one or more
    public String process(List<String> captions, SplittableRandom random) {
        if (captions.size() == 1) {
            List<String> sentences = clean(captions.getFirst());
            return String.join(" ", sentenceMasking ? mask(sentences, random) : sentences);
        }
        List<String> all = new ArrayList<>();
        captions.forEach(caption -> all.addAll(clean(caption)));
        return String.join(" ", keep(all, Math.max(1, all.size() / captions.size()), random));
    }

    /// Sentences without the stock opening and without a last one about visible text.
    static List<String> clean(String caption) {
        String text = caption.strip();
        for (String leadIn : LEAD_INS) {
            if (text.toLowerCase(Locale.ROOT).startsWith(leadIn)) {
                text = text.substring(leadIn.length()).strip();
                break;
            }
        }
        List<String> sentences = List.of(SENTENCE_END.split(text));
        String last = sentences.getLast();
        boolean aboutText = last.contains("text") && last.contains("visible");
        return sentences.size() > 1 && aboutText ? sentences.subList(0, sentences.size() - 1) : sentences;
    }

    /// A run of sentences: start even in 0..min(S-1, 2), length even in 1..S-start.
    static List<String> mask(List<String> sentences, SplittableRandom random) {
        int start = random.nextInt(Math.min(sentences.size() - 1, 2) + 1);
        int length = 1 + random.nextInt(Math.max(sentences.size() - start, 1));
        return sentences.subList(start, start + length);
    }

    private static List<String> keep(List<String> all, int count, SplittableRandom random) {
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            // Selection sampling: every subset of the wanted size is equally likely, order stays.
            if (random.nextInt(all.size() - i) < count - kept.size()) {
                kept.add(all.get(i));
            }
        }
        return kept;
    }
}
