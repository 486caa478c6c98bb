package dev.fovea.runtime.checkpoint;

import dev.fovea.dsl.spec.ModelSpec;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Names of SigLIP vision transformers as the timm library defines them, such as
/// `vit_so400m_patch14_siglip_384`: PS3's configuration says no more of the vision tower than its name (ps3-spec
/// 1.13).
///
/// @param family size of the transformer
/// @param patch side of a patch in pixels
/// @param image picture side in pixels; the low scale is the largest multiple of the patch within it
record VitName(Family family, int patch, int image) {
    private static final Pattern FORM =
            Pattern.compile("vit_(base|large|so400m)_patch(14|16|32)_siglip_(\\d{3})(?:\\.[a-z0-9_]+)?");

    /// Sizes of transformers.
    ///
    /// @param word in names
    record Family(String word, int width, int depth, int heads, int mlp) {
        private static final List<Family> ALL = List.of(
                new Family("base", 768, 12, 12, 3072),
                new Family("large", 1024, 24, 16, 4096),
                new Family("so400m", 1152, 27, 16, 4304));
    }

    /// Takes a name apart; a tag such as `.webli` is allowed.
    static Optional<VitName> parse(String name) {
        Matcher form = FORM.matcher(name);
        if (!form.matches()) {
            return Optional.empty();
        }
        return Family.ALL.stream()
                .filter(family -> family.word.equals(form.group(1)))
                .findFirst()
                .map(family -> new VitName(family, Integer.parseInt(form.group(2)), Integer.parseInt(form.group(3))));
    }

    /// The name of a vision tower, if timm has one for its sizes.
    ///
    /// @param gelu of the text tower: SigLIP's So400m is named after 384 pixels, SigLIP 2's after 378
    static Optional<String> of(ModelSpec.Vision v, int low, ModelSpec.Gelu gelu) {
        for (Family f : Family.ALL) {
            if (f.width == v.width() && f.depth == v.depth() && f.heads == v.heads() && f.mlp == v.mlp()) {
                boolean so14 = f.word.equals("so400m") && v.patch() == 14;
                int image = so14 && low == 378 && gelu == ModelSpec.Gelu.ERF ? 384 : low;
                boolean defined = so14
                        ? List.of(224, 378, 384).contains(image)
                        : v.patch() == 16 && List.of(224, 256, 384, 512).contains(image);
                return defined
                        ? Optional.of("vit_" + f.word + "_patch" + v.patch() + "_siglip_" + image)
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /// The low scale that belongs to the name's picture side.
    int low() {
        return image / patch * patch;
    }
}
