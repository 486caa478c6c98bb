package dev.fovea.runtime.store;

import dev.fovea.dsl.run.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `model.safetensors.index.json`: which file of a model holds which tensor, as Hugging Face writes it.
final class ShardIndex {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path index;

    ShardIndex(Path index) {
        this.index = index;
    }

    /// Opens all files and checks them against the index, both ways.
    TensorFiles open() {
        Map<String, String> fileOf = read();
        Map<String, TensorFiles> files = new TreeMap<>();
        for (String file : fileOf.values()) {
            files.computeIfAbsent(file, name -> TensorFiles.open(index.resolveSibling(name)));
        }
        fileOf.forEach((tensor, file) -> {
            TensorFiles there = files.get(file);
            if (there == null || !there.infos().containsKey(tensor)) {
                throw damaged("tensor '" + tensor + "' is not in " + file);
            }
        });
        files.forEach((file, there) -> there.infos().keySet().forEach(tensor -> {
            if (!file.equals(fileOf.get(tensor))) {
                throw damaged("it does not say that " + file + " holds tensor '" + tensor + "'");
            }
        }));
        List<TensorFiles> ordered = new ArrayList<>(files.values());
        return TensorFiles.joined(index, ordered);
    }

    private Map<String, String> read() {
        JsonNode map;
        try {
            map = JSON.readTree(Files.readAllBytes(index)).path("weight_map");
        } catch (IOException failure) {
            throw StoreException.of("read", index, failure);
        } catch (JacksonException problem) {
            throw new StoreException(index + ": damaged: not valid JSON: " + problem.getOriginalMessage(), problem);
        }
        if (!map.isObject() || map.isEmpty()) {
            throw damaged("it has no weight_map");
        }
        Map<String, String> fileOf = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            String file = entry.getValue().asString("");
            if (!file.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*\\.safetensors")) {
                throw damaged("'" + file + "', the file of tensor '" + entry.getKey()
                        + "', is not the name of a safetensors file beside it");
            }
            fileOf.put(entry.getKey(), file);
        }
        return fileOf;
    }

    private StoreException damaged(String problem) {
        return new StoreException(index + ": damaged: " + problem);
    }
}
