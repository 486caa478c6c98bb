package dev.fovea.dsl.spec;

import java.util.List;

/// Where examples come from and how they become tensors.
public record DataSpec(Source train, Captions captions, Preprocess preprocess, Tokenizer tokenizer) {
    /// A source of pictures with captioned boxes.
    public sealed interface Source permits Scenes, ImageTextBox {}

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

    /// @param globalProb probability of the whole-picture caption where both kinds exist
    /// @param sentenceMasking keep only a random run of sentences of a caption
    /// @param boxesPerImage boxes drawn for one training element
    public record Captions(double globalProb, boolean sentenceMasking, int boxesPerImage) {}

    /// @param mean subtracted from every channel after scaling to 0..1
    /// @param std divides every channel
    /// @param cropArea range of the random crop's area, as a share of the picture
    /// @param cropAspect range of the random crop's aspect ratio
    public record Preprocess(double mean, double std, List<Double> cropArea, List<Double> cropAspect) {}

    /// @param type `words`: one token a word, from the corpus' own captions
    public record Tokenizer(String type) {}
}
