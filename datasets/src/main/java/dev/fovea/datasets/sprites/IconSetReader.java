package dev.fovea.datasets.sprites;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Reads an Iconify JSON file (`icons`, `aliases`, `categories`, default sizes) in one pass over the stream.
final class IconSetReader {
    private static final Set<String> TURNS = Set.of("hFlip", "vFlip", "rotate");

    private final List<Parsed> icons = new ArrayList<>();
    private final Map<String, String> aliases = new LinkedHashMap<>();
    private final Map<String, String> categories = new HashMap<>();
    private Frame frame = new Frame(null, null, null, null);

    private IconSetReader() {}

    /// @throws IOException if the stream is not such a file
    static RawSet read(InputStream stream) throws IOException {
        JsonFactory factory = new JsonFactory();
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), stream)) {
            IconSetReader reader = new IconSetReader();
            reader.root(parser);
            return reader.result();
        } catch (JacksonException e) {
            throw new IOException("not an icon set: " + e.getMessage(), e);
        }
    }

    private RawSet result() {
        List<RawIcon> found = new ArrayList<>();
        for (Parsed icon : icons) {
            Frame f = icon.frame;
            Sprite.View view = new Sprite.View(
                    first(f.left, frame.left, 0),
                    first(f.top, frame.top, 0),
                    first(f.width, frame.width, 16),
                    first(f.height, frame.height, 16));
            found.add(new RawIcon(icon.name, icon.body, categories.getOrDefault(icon.name, ""), view, icon.hidden));
        }
        return new RawSet(found, aliases);
    }

    private static double first(@Nullable Double own, @Nullable Double common, double otherwise) {
        if (own != null) {
            return own;
        }
        return common != null ? common : otherwise;
    }

    private void root(JsonParser parser) {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "icons" -> entries(parser, this::icon);
                case "aliases" -> entries(parser, this::alias);
                case "categories" -> entries(parser, this::category);
                case "left", "top", "width", "height" -> frame = frame.with(name, parser.getDoubleValue());
                default -> skip(parser, value);
            }
        }
    }

    private interface Entry {
        void read(String name, JsonParser parser);
    }

    private static void entries(JsonParser parser, Entry entry) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            entry.read(name, parser);
        }
    }

    private void icon(String name, JsonParser parser) {
        String body = "";
        boolean hidden = false;
        Frame own = new Frame(null, null, null, null);
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (field) {
                case "body" -> body = parser.getString();
                case "hidden" -> hidden = value == JsonToken.VALUE_TRUE;
                case "left", "top", "width", "height" -> own = own.with(field, parser.getDoubleValue());
                default -> skip(parser, value);
            }
        }
        icons.add(new Parsed(name, body, hidden, own));
    }

    private void alias(String name, JsonParser parser) {
        String parent = null;
        boolean turned = false;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            turned |= TURNS.contains(field);
            if (field.equals("parent")) {
                parent = parser.getString();
            } else {
                skip(parser, value);
            }
        }
        if (parent != null && !turned) {
            aliases.put(name, parent);
        }
    }

    private void category(String name, JsonParser parser) {
        while (parser.nextToken() == JsonToken.VALUE_STRING) {
            categories.put(parser.getString(), name);
        }
    }

    private static void skip(JsonParser parser, @Nullable JsonToken value) {
        if (value == JsonToken.START_OBJECT || value == JsonToken.START_ARRAY) {
            parser.skipChildren();
        }
    }

    private record Parsed(String name, String body, boolean hidden, Frame frame) {}

    private record Frame(
            @Nullable Double left,
            @Nullable Double top,
            @Nullable Double width,
            @Nullable Double height) {
        Frame with(String field, double value) {
            return switch (field) {
                case "left" -> new Frame(value, top, width, height);
                case "top" -> new Frame(left, value, width, height);
                case "width" -> new Frame(left, top, value, height);
                default -> new Frame(left, top, width, value);
            };
        }
    }
}
