package dev.fovea.runtime.parity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A folder of recorded cases.
///
/// @param path the folder
/// @param names its cases in the order of names: those of index.json and every sub-folder with a config.json
public record GoldenFolder(Path path, List<String> names) {
    /// Copies the list.
    public GoldenFolder {
        names = List.copyOf(names);
    }

    /// Lists the cases of a folder.
    ///
    /// @throws GoldenException if it is no folder, its index is damaged, or it holds no case
    public static GoldenFolder open(Path path) {
        if (!Files.isDirectory(path)) {
            throw new GoldenException(path + ": no such folder");
        }
        SequencedSet<String> names = new TreeSet<>();
        Path index = path.resolve("index.json");
        if (Files.exists(index)) {
            indexed(index, names);
        }
        try (Stream<Path> folders = Files.list(path)) {
            folders.filter(folder -> Files.exists(folder.resolve("config.json")))
                    .forEach(folder -> names.add(String.valueOf(folder.getFileName())));
        } catch (IOException e) {
            throw new GoldenException(path + ": cannot be listed: " + e.getMessage(), e);
        }
        if (names.isEmpty()) {
            throw new GoldenException(
                    path + ": no golden folder: neither an index.json with cases nor sub-folders with a config.json");
        }
        return new GoldenFolder(path, List.copyOf(names));
    }

    private static void indexed(Path index, SequencedSet<String> names) {
        JsonNode cases = GoldenCase.json(index).path("cases");
        if (!cases.isArray()) {
            throw new GoldenException(index + ": `cases` must be a list of folder names");
        }
        for (JsonNode name : cases) {
            if (!name.isString()) {
                throw new GoldenException(index + ": `cases` holds " + name + ", expected the name of a folder");
            }
            names.add(name.stringValue());
        }
    }

    /// One of the cases.
    ///
    /// @throws GoldenException if its files cannot be read
    public GoldenCase open(String name) {
        return GoldenCase.open(path.resolve(name));
    }
}
