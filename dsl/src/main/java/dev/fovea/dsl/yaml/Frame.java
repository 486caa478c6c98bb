package dev.fovea.dsl.yaml;

import dev.fovea.dsl.yaml.YamlNode.Entry;
import dev.fovea.dsl.yaml.YamlNode.Items;
import dev.fovea.dsl.yaml.YamlNode.Kind;
import dev.fovea.dsl.yaml.YamlNode.Mapping;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// A mapping or list of which the end has not been read yet.
final class Frame {
    final Mark mark;
    final @Nullable String anchor;
    private final boolean mapping;
    private final String path;
    private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();
    private final List<YamlNode> elements = new ArrayList<>();
    private int size = 1;
    private int depth = 1;
    private boolean valueNext;
    private @Nullable String key;
    private Mark keyMark;

    Frame(Mark mark, boolean mapping, @Nullable String anchor, String path) {
        this.mark = mark;
        this.mapping = mapping;
        this.anchor = anchor;
        this.path = path;
        this.keyMark = mark;
    }

    boolean expectsKey() {
        return mapping && !valueNext;
    }

    /// Path of the value that comes next.
    String childPath() {
        if (!mapping) {
            return path + "[" + elements.size() + "]";
        }
        return key == null ? path : path.isEmpty() ? key : path + "." + key;
    }

    void key(String text, Kind kind, Mark at, Findings findings, String parentPath) {
        valueNext = true;
        keyMark = at;
        key = null;
        String here = parentPath;
        Entry first = entries.get(text);
        if (kind != Kind.TEXT) {
            String shown = text.isEmpty() ? "an empty key" : text;
            findings.error(at, here, "a key must be text, found " + shown, "quote it if it is meant");
        } else if (text.equals("<<")) {
            findings.error(at, here, "merge keys are not supported", "use extends, or vars for shared values");
        } else if (first != null) {
            String own = path.isEmpty() ? text : path + "." + text;
            findings.error(
                    at,
                    own,
                    "this key is already set in line " + first.keyMark().line(),
                    "keep one of the two");
        } else {
            key = text;
        }
    }

    void dropNextValue() {
        valueNext = true;
        key = null;
    }

    void add(YamlParser.Built built) {
        size += built.size();
        depth = Math.max(depth, 1 + built.depth());
        if (!mapping) {
            elements.add(built.node());
            return;
        }
        if (key != null) {
            entries.put(key, new Entry(keyMark, built.node()));
        }
        valueNext = false;
        key = null;
    }

    YamlParser.Built finish() {
        YamlNode node = mapping
                ? new Mapping(mark, Collections.unmodifiableSequencedMap(entries))
                : new Items(mark, Collections.unmodifiableList(elements));
        return new YamlParser.Built(node, size, depth);
    }
}
