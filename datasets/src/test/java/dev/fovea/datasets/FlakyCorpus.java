package dev.fovea.datasets;

import java.util.List;
import java.util.function.LongPredicate;

/// A corpus some of whose examples cannot be decoded.
record FlakyCorpus(Corpus corpus, LongPredicate broken) implements Corpus {
    @Override
    public Example example(Split split, long index) throws BrokenSampleException {
        if (broken.test(index)) {
            throw new BrokenSampleException("flaky", "example-" + index, "does not decode");
        }
        return corpus.example(split, index);
    }

    @Override
    public Outline outline(Split split, long index) throws BrokenSampleException {
        return corpus.outline(split, index);
    }

    @Override
    public long size(Split split) {
        return corpus.size(split);
    }

    @Override
    public List<String> captions() {
        return corpus.captions();
    }

    @Override
    public String describe() {
        return corpus.describe();
    }

    @Override
    public boolean supports(Split split) {
        return corpus.supports(split);
    }

    @Override
    public void close() {
        corpus.close();
    }
}
