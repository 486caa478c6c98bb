package dev.fovea.runtime.store;

import dev.fovea.dsl.run.StoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The JSON header of a safetensors file, read strictly.
///
/// Format: https://github.com/huggingface/safetensors, section Format. Offsets count from the end of the header;
/// the data have no holes and no overlaps, and end with the file.
///
/// @param entries tensors in the order of their data
/// @param metadata the free texts under `__metadata__`, in file order
record SafetensorsHeader(SequencedMap<String, Entry> entries, SequencedMap<String, String> metadata) {
    static final String METADATA = "__metadata__";

    /// The largest header that the format allows.
    static final long MOST_BYTES = 100_000_000;

    private static final int MOST_DIMENSIONS = 64;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// @param info type and shape
    /// @param begin first byte, from the end of the header
    record Entry(TensorInfo info, long begin) {}

    private record Named(String name, Entry entry) {}

    /// Checks the length of the header, the first 8 bytes of the file, before anything is allocated for it.
    ///
    /// @param file for messages
    /// @param length as stored
    /// @param rest bytes of the file behind the first 8
    static void checkLength(String file, long length, long rest) {
        if (length < 0 || length > rest || length > MOST_BYTES) {
            throw new StoreException(
                    "%s: not a safetensors file, or cut short: the header is said to have %s bytes, %d follow"
                            .formatted(file, Long.toUnsignedString(length), rest));
        }
    }

    /// Refuses a file too short for the length of its header.
    static void checkSize(String file, long size) {
        if (size < 8) {
            throw new StoreException(
                    file + ": not a safetensors file: it has " + size + " bytes, the header alone needs 8");
        }
    }

    /// @param file for messages
    /// @param json the header's bytes, padding included
    /// @param dataBytes length of the file behind the header
    static SafetensorsHeader parse(String file, byte[] json, long dataBytes) {
        JsonNode root = tree(file, json);
        if (!root.isObject()) {
            throw damaged(file, "the header is not a JSON object");
        }
        List<Named> tensors = new ArrayList<>();
        SequencedMap<String, String> metadata = new LinkedHashMap<>();
        for (var property : root.properties()) {
            if (property.getKey().equals(METADATA)) {
                readMetadata(file, property.getValue(), metadata);
            } else {
                tensors.add(new Named(property.getKey(), entry(file, property.getKey(), property.getValue())));
            }
        }
        // Empty tensors share their offset with the one that follows.
        tensors.sort(Comparator.<Named>comparingLong(tensor -> tensor.entry.begin())
                .thenComparingLong(tensor -> tensor.entry.info().bytes()));
        return new SafetensorsHeader(inOrder(file, tensors, dataBytes), metadata);
    }

    private static JsonNode tree(String file, byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (JacksonException problem) {
            throw new StoreException(
                    file + ": not a safetensors file: its header is not valid JSON: " + problem.getOriginalMessage(),
                    problem);
        }
    }

    private static SequencedMap<String, Entry> inOrder(String file, List<Named> tensors, long dataBytes) {
        SequencedMap<String, Entry> entries = new LinkedHashMap<>();
        long end = 0;
        for (Named tensor : tensors) {
            Entry entry = tensor.entry;
            if (entry.begin != end) {
                String problem = entry.begin < end ? "overlaps the tensor before it" : "leaves a hole before it";
                throw damaged(
                        file,
                        "tensor '%s' begins at %d and %s, %d expected"
                                .formatted(tensor.name, entry.begin, problem, end));
            }
            end = entry.begin + entry.info.bytes();
            entries.put(tensor.name, entry);
        }
        if (end != dataBytes) {
            throw damaged(file, "the tensors need %d bytes of data, the file has %d".formatted(end, dataBytes));
        }
        return entries;
    }

    private static void readMetadata(String file, JsonNode node, SequencedMap<String, String> metadata) {
        if (!node.isObject()) {
            throw damaged(file, "%s is not an object".formatted(METADATA));
        }
        for (var property : node.properties()) {
            if (!property.getValue().isString()) {
                throw damaged(file, "%s '%s' is not a string".formatted(METADATA, property.getKey()));
            }
            metadata.put(property.getKey(), property.getValue().stringValue());
        }
    }

    private static Entry entry(String file, String name, JsonNode node) {
        if (!node.isObject() || node.size() != 3) {
            throw damaged(file, "tensor '%s' must have exactly dtype, shape and data_offsets".formatted(name));
        }
        String dtype = node.path("dtype").asString("");
        StoredType type = StoredType.named(dtype)
                .orElseThrow(() -> damaged(
                        file,
                        "tensor '%s' has dtype '%s'; readable are %s"
                                .formatted(name, dtype, List.of(StoredType.values()))));
        long[] shape = longs(file, name, node.path("shape"), "shape");
        long[] offsets = longs(file, name, node.path("data_offsets"), "data_offsets");
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw damaged(file, "tensor '%s' has data_offsets %s".formatted(name, node.path("data_offsets")));
        }
        TensorInfo info = info(file, name, type, shape);
        if (info.bytes() != offsets[1] - offsets[0]) {
            throw damaged(
                    file,
                    "tensor '%s' is %s, %d bytes, but data_offsets span %d"
                            .formatted(name, info, info.bytes(), offsets[1] - offsets[0]));
        }
        return new Entry(info, offsets[0]);
    }

    private static TensorInfo info(String file, String name, StoredType type, long[] shape) {
        try {
            return new TensorInfo(type, shape);
        } catch (IllegalArgumentException problem) {
            throw new StoreException(file + ": damaged: tensor '" + name + "': " + problem.getMessage(), problem);
        }
    }

    private static long[] longs(String file, String name, JsonNode node, String key) {
        if (!node.isArray() || node.size() > MOST_DIMENSIONS) {
            throw damaged(
                    file, "tensor '%s': %s is not a list of at most %d integers".formatted(name, key, MOST_DIMENSIONS));
        }
        long[] values = new long[node.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode value = node.get(i);
            if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
                throw damaged(file, "tensor '%s': %s has the entry %s".formatted(name, key, value));
            }
            values[i] = value.longValue();
        }
        return values;
    }

    static StoreException damaged(String file, String problem) {
        return new StoreException(file + ": damaged: " + problem);
    }
}
