/// Examples of pictures with captioned boxes, and the batches made of them.
///
/// A [dev.fovea.datasets.Corpus] yields examples as a pure function of its seed, a split and an index;
/// [dev.fovea.datasets.TrainingBatches] and [dev.fovea.datasets.EvaluationBatches] turn them into tensors.
@NullMarked
package dev.fovea.datasets;

import org.jspecify.annotations.NullMarked;
