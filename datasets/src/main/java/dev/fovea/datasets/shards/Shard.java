package dev.fovea.datasets.shards;

import dev.fovea.datasets.BrokenSampleException;
import dev.fovea.datasets.DataException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A picture shard and the text-box shard beside it, paired by key.
///
/// @param images the pictures
/// @param texts the captions and boxes
/// @param items in the order of the pictures, then those that have captions only
record Shard(TarIndex images, TarIndex texts, List<Item> items) {
    private static final Set<String> PICTURES = Set.of("jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff");

    /// One example; either half may be missing.
    record Item(String key, TarIndex.@Nullable Entry image, TarIndex.@Nullable Entry text) {}

    /// @throws DataException if a key occurs twice in one archive
    static Shard of(TarIndex images, TarIndex texts) {
        Map<String, TarIndex.Entry> pictures = byKey(images, PICTURES);
        Map<String, TarIndex.Entry> captions = byKey(texts, Set.of("json"));
        List<Item> items = new ArrayList<>();
        pictures.forEach((key, picture) -> items.add(new Item(key, picture, captions.get(key))));
        captions.forEach((key, caption) -> {
            if (!pictures.containsKey(key)) {
                items.add(new Item(key, null, caption));
            }
        });
        return new Shard(images, texts, List.copyOf(items));
    }

    private static Map<String, TarIndex.Entry> byKey(TarIndex index, Set<String> endings) {
        Map<String, TarIndex.Entry> found = new LinkedHashMap<>();
        for (TarIndex.Entry entry : index.entries()) {
            if (endings.contains(entry.ending()) && found.put(entry.key(), entry) != null) {
                throw new DataException(
                        "shard " + index.archive() + " has two files for the key " + entry.key() + "; keys are unique");
            }
        }
        return found;
    }

    /// The JSON half of an item.
    ///
    /// @throws BrokenSampleException if it is missing or not sound
    SampleText text(Item item) throws BrokenSampleException {
        if (item.text() == null) {
            throw broken(
                    images, item, "no .json with this key in " + texts.archive().getFileName());
        }
        try {
            return SampleText.parse(texts.bytes(item.text()));
        } catch (IOException e) {
            throw broken(texts, item, String.valueOf(e.getMessage()));
        }
    }

    /// The encoded picture of an item.
    ///
    /// @throws BrokenSampleException if it is missing or cannot be read
    byte[] picture(Item item) throws BrokenSampleException {
        if (item.image() == null) {
            throw broken(
                    texts,
                    item,
                    "no picture with this key in " + images.archive().getFileName());
        }
        try {
            return images.bytes(item.image());
        } catch (IOException e) {
            throw broken(images, item, String.valueOf(e.getMessage()));
        }
    }

    static BrokenSampleException broken(TarIndex where, Item item, String reason) {
        return new BrokenSampleException(String.valueOf(where.archive().getFileName()), item.key(), reason);
    }
}
