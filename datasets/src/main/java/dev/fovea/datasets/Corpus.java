package dev.fovea.datasets;

import java.util.List;

/// A source of examples.
///
/// Every method is safe to call from several threads, and what it returns depends on its arguments and the corpus
/// alone, never on the order of calls. Indices start at 0; a finite corpus repeats itself (in another order where
/// it shuffles) beyond its size.
public interface Corpus extends AutoCloseable {
    /// The example at `index` of a split.
    ///
    /// @throws BrokenSampleException if just this example cannot be read; others are not affected
    /// @throws DataException if the corpus has no such split or cannot be read at all
    Example example(Split split, long index) throws BrokenSampleException;

    /// The captions of the example at `index`, without its picture: cheap.
    ///
    /// @throws BrokenSampleException if the example's captions cannot be read
    Outline outline(Split split, long index) throws BrokenSampleException;

    /// Number of distinct examples, or `Long.MAX_VALUE` for an endless split; 0 for one that is not supported.
    long size(Split split);

    /// All distinct captions that training may show, sorted: the tokenizer's vocabulary comes from them.
    List<String> captions();

    /// One line for people: what there is and how much.
    String describe();

    /// Whether the corpus has this split.
    boolean supports(Split split);

    /// Does slow one-time work now, such as filling caches, so that it does not happen during the first steps.
    /// Never needed for correctness; does nothing unless a corpus says otherwise.
    ///
    /// @param workers threads to use
    default void prepare(Progress progress, int workers) {}

    /// Frees files and memory.
    @Override
    void close();
}
