package dev.fovea.dsl.spec;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Where examples come from and how they become tensors.
public record DataSpec(Source train, Captions captions, Preprocess preprocess, Tokenizer tokenizer) {
    /// A source of pictures with captioned boxes.
    public sealed interface Source permits Scenes, ImageTextBox, ShardMix {}

    /// Scenes composed on the fly from real colour pictures (`type: scenes`).
    ///
    /// @param size side of a scene in pixels, at most 3780
    /// @param concepts how many concepts to use, the first in a fixed shuffled order; 0 for all
    /// @param styles picture families to train on; the others are held out
    /// @param large objects of 160-400 px on a 3780 px scene, scaled with `size`
    /// @param medium objects of 64-144 px
    /// @param small objects of 20-34 px
    /// @param backgrounds `procedural`, or `pictures`: large real pictures from the folder `pictures`
    /// @param pictures folder of background pictures; empty unless `backgrounds: pictures`
    /// @param seed seed of the scenes, apart from the run's seed so that runs share their data
    public record Scenes(
            int size,
            int concepts,
            List<String> styles,
            int large,
            int medium,
            int small,
            String backgrounds,
            String pictures,
            long seed)
            implements Source {}

    /// Two parallel sets of shards, as the reference recipe writes them (`type: image-text-box`).
    ///
    /// @param images shard pattern such as `shards/images-{000000..000009}.tar`, relative to the spec
    /// @param textBoxes the shards of captions and boxes, same count, order and keys
    /// @param resample draw shards with replacement (training) or read each once
    /// @param shuffle size of the shuffle buffer in examples
    public record ImageTextBox(String images, String textBoxes, boolean resample, int shuffle) implements Source {}

    /// Several sets of shards, each drawn with its own probability, without end (`type: shard-mix`).
    ///
    /// @param imageSets one shard pattern a source, relative to the spec
    /// @param textBoxSets one pattern of captions and boxes a source
    /// @param weights relative probabilities of the sources, or null for equal ones
    /// @param resample draw shards with replacement or read each once a pass over its source
    /// @param shuffle size of each source's shuffle buffer in examples
    public record ShardMix(
            List<String> imageSets,
            List<String> textBoxSets,
            @Nullable List<Double> weights,
            boolean resample,
            int shuffle)
            implements Source {
        /// The sources on their own.
        public List<ImageTextBox> sources() {
            return IntStream.range(0, imageSets.size())
                    .mapToObj(i -> new ImageTextBox(imageSets.get(i), textBoxSets.get(i), resample, shuffle))
                    .toList();
        }
    }

    /// @param globalProb probability of the whole-picture caption where both kinds exist
    /// @param sentenceMasking keep only a random run of sentences of a caption
    /// @param boxesPerImage boxes drawn for one training element
    /// @param elementsPerImage elements of a batch that come from one picture, with different boxes
    public record Captions(double globalProb, boolean sentenceMasking, int boxesPerImage, int elementsPerImage) {
        /// One element a picture.
        public Captions(double globalProb, boolean sentenceMasking, int boxesPerImage) {
            this(globalProb, sentenceMasking, boxesPerImage, 1);
        }
    }

    /// @param mean subtracted from every channel after scaling to 0..1
    /// @param std divides every channel
    /// @param cropArea range of the random crop's area, as a share of the picture
    /// @param cropAspect range of the random crop's aspect ratio
    public record Preprocess(double mean, double std, List<Double> cropArea, List<Double> cropAspect) {}

    /// How captions become tokens.
    public sealed interface Tokenizer permits Words, Bpe, HuggingFace {}

    /// One token a word, from the corpus' own captions (`type: words`).
    public record Words() implements Tokenizer {}

    /// Byte-pair encoding trained on the corpus' own captions (`type: bpe`).
    ///
    /// @param vocab most ids, or null for as many as `model.text.vocab` holds
    public record Bpe(@Nullable Integer vocab) implements Tokenizer {}

    /// The tokenizer of a released model (`type: huggingface`). Part of the run key by content: all but the path
    /// enter it.
    ///
    /// @param file a `tokenizer.json`, or the folder that holds it; relative to the spec's folder
    /// @param sha256 digest of the file, 64 hexadecimal digits; checked before it is used
    /// @param eos the token that ends a text, or `auto`
    /// @param pad the token that fills the rest, or `auto`
    /// @param clean what is done to text first
    public record HuggingFace(String file, String sha256, String eos, String pad, Clean clean) implements Tokenizer {}

    /// Cleaning of text before it becomes tokens (the names of the reference).
    public enum Clean {
        /// repair, resolve entities, delete punctuation, lower case, single spaces
        CANONICALIZE,
        /// repair, resolve entities, single spaces
        WHITESPACE,
        /// as whitespace, in lower case
        LOWER,
        /// nothing
        NONE
    }
}
