package dev.fovea.datasets.shards;

import dev.fovea.datasets.Box;
import dev.fovea.datasets.Outline;
import dev.fovea.datasets.Region;
import dev.fovea.datasets.Tier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The JSON half of an example: `text` (captions), `box` ([x0, y0, x1, y1] in pixels of the picture, one a
/// caption), `global_text` (optional) and `type` (optional). Own exports add `concept`, `style` and `tier`, one a
/// caption.
///
/// @param captions one a box
/// @param boxes as written, not yet held against the picture
/// @param globalCaption caption of the whole picture, or null
/// @param concepts one a box, or empty
/// @param styles one a box, or empty
/// @param tiers one a box, or empty
record SampleText(
        List<String> captions,
        List<Box> boxes,
        @Nullable String globalCaption,
        List<String> concepts,
        List<String> styles,
        List<Tier> tiers) {
    /// A picture may be a pixel smaller than its boxes say, where another tool rounded otherwise.
    private static final double SLACK = 1;

    /// @throws IOException with the reason if this is not such JSON
    static SampleText parse(byte[] json) throws IOException {
        JsonNode root;
        try {
            root = JsonMapper.shared().readTree(json);
        } catch (JacksonException e) {
            throw new IOException("bad JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new IOException("bad JSON: not an object");
        }
        List<String> captions = strings(root, "text");
        List<Box> boxes = boxes(root);
        if (captions.size() != boxes.size()) {
            throw new IOException(captions.size() + " captions in text but " + boxes.size() + " boxes in box");
        }
        String global = global(root);
        if (captions.isEmpty() && global == null) {
            throw new IOException("neither text nor global_text");
        }
        List<Tier> tiers = new ArrayList<>();
        for (String tier : matching(root, "tier", captions.size())) {
            tiers.add(tier(tier));
        }
        return new SampleText(
                captions,
                boxes,
                global,
                matching(root, "concept", captions.size()),
                matching(root, "style", captions.size()),
                List.copyOf(tiers));
    }

    private static Tier tier(String name) throws IOException {
        for (Tier tier : Tier.values()) {
            if (tier.name().equals(name.toUpperCase(Locale.ROOT))) {
                return tier;
            }
        }
        throw new IOException("tier " + name + " is none of large, medium, small");
    }

    private static List<String> matching(JsonNode root, String field, int count) throws IOException {
        List<String> found = root.has(field) ? strings(root, field) : List.of();
        if (!found.isEmpty() && found.size() != count) {
            throw new IOException(count + " captions in text but " + found.size() + " entries in " + field);
        }
        return found;
    }

    private static @Nullable String global(JsonNode root) throws IOException {
        JsonNode node = root.get("global_text");
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isString()) {
            throw new IOException("global_text is not a string");
        }
        return node.stringValue().isBlank() ? null : node.stringValue();
    }

    private static List<String> strings(JsonNode root, String field) throws IOException {
        List<String> strings = new ArrayList<>();
        for (JsonNode item : list(root, field)) {
            if (!item.isString() || item.stringValue().isBlank() && field.equals("text")) {
                throw new IOException(field + "[" + strings.size() + "] is not a string with words");
            }
            strings.add(item.stringValue());
        }
        return List.copyOf(strings);
    }

    private static List<Box> boxes(JsonNode root) throws IOException {
        List<Box> boxes = new ArrayList<>();
        for (JsonNode item : list(root, "box")) {
            double[] edges = new double[4];
            for (int i = 0; i < 4; i++) {
                JsonNode edge = item.get(i);
                if (item.size() != 4 || edge == null || !edge.isNumber()) {
                    throw new IOException("box[" + boxes.size() + "] is not four numbers");
                }
                edges[i] = edge.doubleValue();
            }
            boxes.add(new Box(edges[0], edges[1], edges[2], edges[3]));
        }
        return List.copyOf(boxes);
    }

    private static Iterable<JsonNode> list(JsonNode root, String field) throws IOException {
        JsonNode node = root.get(field);
        if (node == null || node.isNull()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw new IOException(field + " is not a list");
        }
        return node;
    }

    /// The regions in a picture of the given size.
    ///
    /// @throws IOException if a box is empty or outside
    List<Region> regions(int width, int height) throws IOException {
        List<Region> regions = new ArrayList<>();
        for (int i = 0; i < boxes.size(); i++) {
            Box box = boxes.get(i);
            Box whole = Box.whole(width, height);
            boolean inside =
                    box.x0() >= -SLACK && box.y0() >= -SLACK && box.x1() <= width + SLACK && box.y1() <= height + SLACK;
            Box kept = box.intersect(whole);
            if (!inside || !(kept.area() > 0)) {
                throw new IOException("box[" + i + "] " + edges(box)
                        + (inside ? " is empty" : " is outside the picture of " + width + "x" + height));
            }
            regions.add(new Region(
                    kept,
                    captions.get(i),
                    concepts.isEmpty() ? captions.get(i) : concepts.get(i),
                    styles.isEmpty() ? "" : styles.get(i),
                    tiers.isEmpty() ? Tier.of(kept, width, height) : tiers.get(i)));
        }
        return List.copyOf(regions);
    }

    private static String edges(Box box) {
        return "[" + box.x0() + ", " + box.y0() + ", " + box.x1() + ", " + box.y1() + "]";
    }

    /// The captions for batches to look at. Without a `tier` field every box counts as large here, because sizes
    /// are only known with the picture.
    Outline outline(String key) {
        List<Tier> known =
                tiers.isEmpty() ? captions.stream().map(caption -> Tier.LARGE).toList() : tiers;
        return new Outline(key, captions, known, globalCaption);
    }

    /// The JSON of an example, as [#parse] reads it.
    static byte[] encode(List<Region> regions, @Nullable String globalCaption) {
        ObjectNode root = JsonMapper.shared().createObjectNode();
        ArrayNode texts = root.putArray("text");
        ArrayNode boxes = root.putArray("box");
        if (globalCaption != null) {
            root.put("global_text", globalCaption);
        }
        root.put("type", "scene");
        ArrayNode concepts = root.putArray("concept");
        ArrayNode styles = root.putArray("style");
        ArrayNode tiers = root.putArray("tier");
        for (Region region : regions) {
            texts.add(region.caption());
            Box box = region.box();
            boxes.addArray().add(box.x0()).add(box.y0()).add(box.x1()).add(box.y1());
            concepts.add(region.concept());
            styles.add(region.style());
            tiers.add(region.tier().name().toLowerCase(Locale.ROOT));
        }
        return JsonMapper.shared().writeValueAsBytes(root);
    }
}
