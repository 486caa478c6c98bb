package dev.fovea.dsl.keys;

import dev.fovea.dsl.spec.DataSpec;
import dev.fovea.dsl.spec.DataSpec.Bpe;
import dev.fovea.dsl.spec.DataSpec.Captions;
import dev.fovea.dsl.spec.DataSpec.Clean;
import dev.fovea.dsl.spec.DataSpec.HuggingFace;
import dev.fovea.dsl.spec.DataSpec.ImageTextBox;
import dev.fovea.dsl.spec.DataSpec.Preprocess;
import dev.fovea.dsl.spec.DataSpec.Scenes;
import dev.fovea.dsl.spec.DataSpec.ShardMix;
import dev.fovea.dsl.spec.DataSpec.Words;
import java.util.List;

/// The keys under `data`.
final class DataKeys {
    private DataKeys() {}

    static void fill(Table t) {
        Table.Of data = t.of(DataSpec.class);
        data.key("train", "Where training examples come from.").example("{type: scenes, size: 256}");
        data.key("captions", "Which captions an example uses.");
        data.key("preprocess", "How pictures become numbers.");
        data.key("tokenizer", "How captions become tokens.").or("words").example("{type: bpe}");
        t.variant(Scenes.class, "scenes");
        t.variant(ImageTextBox.class, "image-text-box");
        t.variant(ShardMix.class, "shard-mix");
        scenes(t.of(Scenes.class));
        imageTextBox(t.of(ImageTextBox.class));
        shardMix(t.of(ShardMix.class));
        captions(t.of(Captions.class));
        preprocess(t.of(Preprocess.class));
        t.variant(Words.class, "words");
        t.variant(Bpe.class, "bpe");
        t.variant(HuggingFace.class, "huggingface");
        t.of(Bpe.class)
                .key(
                        "vocab",
                        "Most ids of a vocabulary trained on the corpus' own captions; `auto` fills model.text.vocab.")
                .from(4)
                .to(1 << 24)
                .word("auto", null)
                .example("512");
        huggingFace(t.of(HuggingFace.class));
    }

    private static void huggingFace(Table.Of t) {
        t.key("file", "A tokenizer.json, or the folder that holds one, relative to the spec. Not part of the run key.")
                .oneLine(4096)
                .example("siglip/tokenizer.json");
        t.key("sha256", "Digest of the file, as `sha256sum` prints it; it names the tokenizer in the run key.")
                .oneLine(64)
                .example("64 hexadecimal digits");
        t.key("eos", "The token that ends a text; `auto` takes `</s>`, else `<eos>`.")
                .oneLine(100)
                .or("auto");
        t.key("pad", "The token that fills the rest; `auto` takes `</s>` again after `</s>`, else `<pad>`.")
                .oneLine(100)
                .or("auto");
        t.key(
                        "clean",
                        "What is done to text first: `canonicalize` deletes punctuation and makes lower case, `lower` and"
                                + " `whitespace` do less, `none` nothing.")
                .or(Clean.CANONICALIZE);
    }

    private static void scenes(Table.Of t) {
        t.key("size", "Side of a scene in pixels.").from(32).to(3780).example("256");
        t.key("concepts", "How many concepts to use, the first in a fixed shuffled order; 0 for all.")
                .from(0)
                .to(1_000_000)
                .or(0);
        t.key("styles", "Picture families to train on; the others are held out.")
                .items(1, 32)
                .or(List.of("openmoji", "twemoji", "noto", "emojione"))
                .example("[openmoji, noto]");
        t.key("large", "Large objects on a scene: 160 to 400 px at 3780 px, scaled with size.")
                .from(0)
                .to(1000)
                .or(8);
        t.key("medium", "Medium objects on a scene: 64 to 144 px at 3780 px, scaled with size.")
                .from(0)
                .to(1000)
                .or(8);
        t.key("small", "Small objects on a scene: 20 to 34 px at 3780 px, scaled with size.")
                .from(0)
                .to(1000)
                .or(0);
        t.key("backgrounds", "What is behind the objects: `procedural`, or `pictures` from a folder.")
                .oneOf("procedural", "pictures")
                .or("procedural");
        t.key("pictures", "Folder of background pictures, relative to the spec; only with `backgrounds: pictures`.")
                .or("")
                .example("wallpapers/");
        t.key("seed", "Seed of the scenes, apart from the run's seed so that runs can share their data.")
                .from(0)
                .to(Row.LARGEST_SEED)
                .or(0L);
    }

    private static void imageTextBox(Table.Of t) {
        t.key("images", "Pattern of the picture shards, relative to the spec.")
                .oneLine(1000)
                .example("shards/images-{000000..000999}.tar");
        t.key("textBoxes", "Pattern of the shards of captions and boxes: same count, order and keys.")
                .oneLine(1000)
                .example("shards/boxes-{000000..000999}.tar");
        t.key("resample", "Draw shards with replacement, without end; otherwise read each once.")
                .or(true);
        t.key("shuffle", "Size of the shuffle buffer in examples.")
                .from(0)
                .to(10_000_000)
                .or(5000);
    }

    private static void shardMix(Table.Of t) {
        t.key("imageSets", "Pattern of the picture shards of each source, relative to the spec.")
                .oneLine(1000)
                .items(2, 100)
                .example("[\"natural/images-{000..099}.tar\", \"pages/images-{000..099}.tar\"]");
        t.key("textBoxSets", "Pattern of the shards of captions and boxes of each source.")
                .oneLine(1000)
                .items(2, 100)
                .example("[\"natural/boxes-{000..099}.tar\", \"pages/boxes-{000..099}.tar\"]");
        t.key("weights", "How often each source is drawn, in proportion; `equal` for all alike.")
                .above(0)
                .to(1e9)
                .items(2, 100)
                .word("equal", null)
                .example("[3, 1]");
        t.key("resample", "Draw shards with replacement, without end; otherwise read each once.")
                .or(true);
        t.key("shuffle", "Size of the shuffle buffer in examples.")
                .from(0)
                .to(10_000_000)
                .or(5000);
    }

    private static void captions(Table.Of t) {
        t.key("globalProb", "Probability of the whole-picture caption where a picture has both kinds.")
                .from(0)
                .to(1)
                .or(0.25);
        t.key("sentenceMasking", "Keep only a random run of sentences of a caption.")
                .or(true);
        t.key("boxesPerImage", "Boxes drawn for one training element; their captions are merged.")
                .from(1)
                .to(1000)
                .or(1);
        t.key(
                        "elementsPerImage",
                        "Elements of a batch that come from one picture, with different boxes; must divide batch.global."
                                + " 1 keeps parts of one picture from being contrasted.")
                .from(1)
                .to(1000)
                .or(1);
    }

    private static void preprocess(Table.Of t) {
        t.key("mean", "Subtracted from every channel after scaling to 0..1.")
                .from(0)
                .to(1)
                .or(0.5);
        t.key("std", "Divides every channel.").above(0).to(10).or(0.5);
        t.key("cropArea", "Range of the random crop's area, as a share of the picture.")
                .above(0)
                .to(1)
                .items(2, 2)
                .or(List.of(0.9, 1.0));
        t.key("cropAspect", "Range of the random crop's aspect ratio, width by height.")
                .above(0)
                .to(100)
                .items(2, 2)
                .or(List.of(3.0 / 4, 4.0 / 3))
                .example("[0.75, 1.25]");
    }
}
