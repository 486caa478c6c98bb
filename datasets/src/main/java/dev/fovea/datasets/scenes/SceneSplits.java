package dev.fovea.datasets.scenes;

import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Split;
import dev.fovea.datasets.sprites.Concept;
import dev.fovea.datasets.sprites.IconSet;
import dev.fovea.datasets.sprites.Sprite;
import dev.fovea.datasets.text.Canonical;
import dev.fovea.datasets.text.Captions;
import dev.fovea.dsl.spec.DataSpec;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Which concepts and drawings each split may show.
///
/// A concept is held out when the SHA-1 of its canonical name, as an unsigned number, modulo 10 is 0 or 1. Of the
/// others a spec takes the first `concepts` in a fixed order (drawn by many designs first, things before faces and
/// symbols, then by hash), and of the held-out ones a quarter as many, so that the share stays two in ten. A style
/// is held out when no training style shares its design.
public final class SceneSplits {
    private final List<Choice> train;
    private final List<Choice> newStyle;
    private final List<Choice> newConcept;
    private final List<String> heldOutStyles;

    private SceneSplits(
            List<Choice> train, List<Choice> newStyle, List<Choice> newConcept, List<String> heldOutStyles) {
        this.train = train;
        this.newStyle = newStyle;
        this.newConcept = newConcept;
        this.heldOutStyles = heldOutStyles;
    }

    /// @throws DataException if a style is unknown or there are too few concepts
    static SceneSplits of(List<Concept> concepts, List<IconSet> sets, DataSpec.Scenes spec) {
        requireStyles(sets, spec.styles());
        Set<String> training = Set.copyOf(spec.styles());
        Set<String> designs = sets.stream()
                .filter(set -> training.contains(set.name()))
                .map(IconSet::design)
                .collect(Collectors.toSet());
        List<String> heldOut = sets.stream()
                .filter(set -> !designs.contains(set.design()))
                .map(IconSet::name)
                .toList();
        List<Ranked> ranked = rank(concepts, sets, training);
        List<Ranked> seen = first(ranked.stream().filter(r -> !r.heldOut).toList(), spec.concepts());
        List<Ranked> unseen = ranked.stream().filter(r -> r.heldOut).toList();
        int unseenCount = spec.concepts() == 0 ? unseen.size() : Math.min(unseen.size(), (spec.concepts() + 3) / 4);
        return new SceneSplits(
                choices(seen, training),
                choices(seen, Set.copyOf(heldOut)),
                choices(unseen.subList(0, unseenCount), training),
                heldOut);
    }

    private static void requireStyles(List<IconSet> sets, List<String> styles) {
        List<String> known = sets.stream().map(IconSet::name).toList();
        for (String style : styles) {
            if (!known.contains(style)) {
                throw new DataException(
                        "data.train.styles: " + style + " is not a style; there are: " + String.join(", ", known));
            }
        }
        if (styles.isEmpty()) {
            throw new DataException("data.train.styles: name at least one of: " + String.join(", ", known));
        }
    }

    private static List<Ranked> rank(List<Concept> concepts, List<IconSet> sets, Set<String> training) {
        return concepts.stream()
                .filter(concept -> concept.sprites().stream().anyMatch(sprite -> training.contains(sprite.style())))
                .map(concept -> Ranked.of(concept, sets))
                .sorted(Ranked.ORDER)
                .toList();
    }

    private static List<Ranked> first(List<Ranked> ranked, int wanted) {
        if (wanted > ranked.size()) {
            throw new DataException("data.train.concepts: the styles draw " + ranked.size()
                    + " concepts that are not held out, not " + wanted);
        }
        return wanted == 0 ? ranked : ranked.subList(0, wanted);
    }

    private static List<Choice> choices(List<Ranked> ranked, Set<String> styles) {
        return ranked.stream()
                .map(r -> new Choice(r.concept.name(), Captions.of(r.concept.name()), sprites(r.concept, styles)))
                .filter(choice -> !choice.sprites().isEmpty())
                .toList();
    }

    private static List<Sprite> sprites(Concept concept, Set<String> styles) {
        return concept.sprites().stream()
                .filter(sprite -> styles.contains(sprite.style()))
                .toList();
    }

    /// What a split may show; empty if there is no such split.
    List<Choice> choices(Split split) {
        return switch (split) {
            case TRAIN, SEEN -> train;
            case NEW_STYLE -> newStyle;
            case NEW_CONCEPT -> newConcept;
        };
    }

    /// Distinct captions of the training concepts, sorted.
    List<String> captions() {
        return train.stream().map(Choice::caption).distinct().sorted().toList();
    }

    /// Styles that no training style shares a design with.
    List<String> heldOutStyles() {
        return heldOutStyles;
    }

    /// Whether a concept of this name is held out.
    public static boolean isHeldOut(String concept) {
        byte[] hash = sha1(Canonical.of(concept));
        return new BigInteger(1, hash).mod(BigInteger.TEN).intValue() < 2;
    }

    private static byte[] sha1(String text) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    private record Ranked(Concept concept, long designs, boolean heldOut, String hash) {
        static final Comparator<Ranked> ORDER = Comparator.comparingLong((Ranked r) -> -r.designs)
                .thenComparing(r -> !r.concept.thing())
                .thenComparing(Ranked::hash);

        static Ranked of(Concept concept, List<IconSet> sets) {
            Set<String> styles = concept.sprites().stream().map(Sprite::style).collect(Collectors.toSet());
            long designs = sets.stream()
                    .filter(set -> styles.contains(set.name()))
                    .map(IconSet::design)
                    .distinct()
                    .count();
            String hash = HexFormat.of().formatHex(sha1(Canonical.of(concept.name())));
            return new Ranked(concept, designs, isHeldOut(concept.name()), hash);
        }
    }
}
