package dev.fovea.datasets.shards;

import dev.fovea.datasets.BrokenSampleException;
import dev.fovea.datasets.Corpus;
import dev.fovea.datasets.DataException;
import dev.fovea.datasets.Example;
import dev.fovea.datasets.Outline;
import dev.fovea.datasets.Picture;
import dev.fovea.datasets.Progress;
import dev.fovea.datasets.Split;
import dev.fovea.datasets.images.ImageCodec;
import dev.fovea.dsl.spec.DataSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Examples from two parallel sets of tar shards. The archives' headers are read once; after that any example is
/// read by its place, so a broken one never shifts the others. There is a training split only.
public final class ShardCorpus implements Corpus {
    private final List<Shard> shards;
    private final ShardOrder order;
    private final boolean resample;
    private @Nullable List<String> captions;

    private ShardCorpus(List<Shard> shards, DataSpec.ImageTextBox spec) {
        this.shards = shards;
        this.resample = spec.resample();
        int[] sizes = shards.stream().mapToInt(shard -> shard.items().size()).toArray();
        this.order = new ShardOrder(sizes, spec.resample(), spec.shuffle());
    }

    /// Reads the headers of all shards.
    ///
    /// @param specFolder what the patterns are relative to
    /// @throws DataException if shards are missing, damaged, empty or not parallel
    public static ShardCorpus open(DataSpec.ImageTextBox spec, Path specFolder, Progress progress) {
        List<String> images = ShardPattern.expand(spec.images());
        List<String> texts = ShardPattern.expand(spec.textBoxes());
        if (images.size() != texts.size()) {
            throw new DataException("data.train: " + images.size() + " shards in images but " + texts.size()
                    + " in text_boxes; the two sets are parallel");
        }
        List<Shard> shards = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            progress.report("reading shards", i, images.size());
            Shard shard = Shard.of(
                    TarIndex.read(specFolder.resolve(images.get(i))), TarIndex.read(specFolder.resolve(texts.get(i))));
            if (shard.items().isEmpty()) {
                throw new DataException("shard " + images.get(i) + " holds no examples");
            }
            shards.add(shard);
        }
        progress.report("reading shards", images.size(), images.size());
        return new ShardCorpus(List.copyOf(shards), spec);
    }

    @Override
    public Example example(Split split, long index) throws BrokenSampleException {
        ShardOrder.Place place = place(split, index);
        Shard shard = shards.get(place.shard());
        Shard.Item item = shard.items().get(place.item());
        SampleText text = shard.text(item);
        byte[] file = shard.picture(item);
        Picture picture;
        try {
            picture = ImageCodec.decode(file);
        } catch (IOException e) {
            throw Shard.broken(shard.images(), item, String.valueOf(e.getMessage()));
        }
        try {
            return new Example(
                    item.key(), picture, text.regions(picture.width(), picture.height()), text.globalCaption());
        } catch (IOException e) {
            throw Shard.broken(shard.texts(), item, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Outline outline(Split split, long index) throws BrokenSampleException {
        ShardOrder.Place place = place(split, index);
        Shard shard = shards.get(place.shard());
        Shard.Item item = shard.items().get(place.item());
        return shard.text(item).outline(item.key());
    }

    private ShardOrder.Place place(Split split, long index) {
        if (!supports(split)) {
            throw new DataException("shards have a training split only, no " + split);
        }
        return order.at(index);
    }

    @Override
    public long size(Split split) {
        if (!supports(split)) {
            return 0;
        }
        return resample ? Long.MAX_VALUE : order.total();
    }

    /// Reads every sound JSON once; slow for large sets.
    @Override
    public synchronized List<String> captions() {
        List<String> known = captions;
        if (known == null) {
            Set<String> found = new TreeSet<>();
            shards.forEach(shard -> collect(shard, found));
            known = List.copyOf(found);
            captions = known;
        }
        return known;
    }

    private static void collect(Shard shard, Set<String> found) {
        try (FileChannel channel = FileChannel.open(shard.texts().archive())) {
            for (Shard.Item item : shard.items()) {
                TarIndex.Entry entry = item.text();
                if (entry != null) {
                    collect(TarIndex.bytes(channel, entry), found);
                }
            }
        } catch (IOException e) {
            throw new DataException("shard " + shard.texts().archive() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void collect(byte[] json, Set<String> found) {
        try {
            SampleText text = SampleText.parse(json);
            found.addAll(text.captions());
            if (text.globalCaption() != null) {
                found.add(text.globalCaption());
            }
        } catch (IOException e) {
            // A broken sample has no captions; whoever draws it counts and names it.
            return;
        }
    }

    @Override
    public String describe() {
        return order.total() + " examples in " + shards.size() + (shards.size() == 1 ? " shard" : " shards")
                + (resample ? ", shards drawn with replacement" : ", each once a pass");
    }

    @Override
    public boolean supports(Split split) {
        return split == Split.TRAIN;
    }

    @Override
    public void close() {
        // Files are open only while they are read.
    }
}
