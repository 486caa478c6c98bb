package dev.fovea.bin;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Takes one section out of a printed spec.
final class Sections {
    private Sections() {}

    /// The part of block-style YAML under a dotted key, its heading included and moved to the left margin; comments
    /// stay where they are.
    ///
    /// @param key dotted key, or empty for the whole text
    /// @throws UserError if there is no such part; the message lists what there is
    static String yaml(String text, String key) {
        if (key.isEmpty()) {
            return text;
        }
        List<String> block = text.lines().toList();
        String[] words = key.split("\\.", -1);
        for (int depth = 0; depth < words.length; depth++) {
            block = child(depth == 0 ? block : inside(block), words[depth], key);
        }
        int margin = indent(block.getFirst());
        StringBuilder out = new StringBuilder();
        block.forEach(
                line -> out.append(line.isEmpty() ? "" : line.substring(margin)).append('\n'));
        return out.toString();
    }

    /// The same part of a JSON text.
    static String json(String text, String key) {
        if (key.isEmpty()) {
            return text;
        }
        JsonNode node = JsonMapper.shared().readTree(text);
        for (String word : key.split("\\.", -1)) {
            JsonNode next = node.get(word);
            if (next == null) {
                throw missing(key, word, List.copyOf(node.propertyNames()));
            }
            node = next;
        }
        return Json.text(node) + "\n";
    }

    private static List<String> inside(List<String> block) {
        return block.subList(1, block.size());
    }

    /// The lines of the entry `name` among entries that share the indentation of the first line.
    private static List<String> child(List<String> block, String name, String key) {
        List<String> names = new ArrayList<>();
        int margin = block.isEmpty() ? 0 : indent(block.getFirst());
        for (int i = 0; i < block.size(); i++) {
            String line = block.get(i);
            if (indent(line) != margin || !line.contains(":") || line.strip().startsWith("#")) {
                continue;
            }
            String found = line.substring(margin, line.indexOf(':'));
            names.add(found);
            if (found.equals(name)) {
                int end = i + 1;
                while (end < block.size() && (block.get(end).isEmpty() || indent(block.get(end)) > margin)) {
                    end++;
                }
                return block.subList(i, end);
            }
        }
        throw missing(key, name, names);
    }

    private static UserError missing(String key, String word, List<String> names) {
        String there = names.isEmpty() ? "it has no parts" : "there are " + String.join(", ", names);
        return new UserError(ExitCode.USAGE, "--section " + key + ": no \"" + word + "\"; " + there);
    }

    private static int indent(String line) {
        int indent = 0;
        while (indent < line.length() && line.charAt(indent) == ' ') {
            indent++;
        }
        return indent;
    }
}
