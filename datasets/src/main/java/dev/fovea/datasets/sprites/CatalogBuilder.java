package dev.fovea.datasets.sprites;

import dev.fovea.datasets.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Gathers the icons of all sets under common concepts.
///
/// Sets name the same thing differently (`bear`, `bear-face`); where any set lists one name as an alias of another,
/// the two are one concept, called by the name that most sets use.
final class CatalogBuilder {
    private static final List<String> THINGS = List.of("Activit", "Animals", "Food", "Objects", "Travel");

    private final ByteArrayOutputStream bodies = new ByteArrayOutputStream();
    private final Map<String, Named> byName = new TreeMap<>();
    private final Aliases aliases = new Aliases();
    private int sprites;

    private CatalogBuilder() {}

    /// Concepts in the order of their names, and the SVG bodies they point into.
    record Built(List<Concept> concepts, byte[] bodies) {}

    static Built build(IconLibrary library, Progress progress) throws IOException {
        CatalogBuilder builder = new CatalogBuilder();
        int done = 0;
        for (IconSet set : library.sets()) {
            progress.report("reading icon sets", done++, library.sets().size());
            try (InputStream stream = library.open(set)) {
                builder.add(set, IconSetReader.read(stream));
            } catch (IOException e) {
                throw new IOException("icon set " + set.name() + ": " + e.getMessage(), e);
            }
        }
        progress.report("reading icon sets", done, library.sets().size());
        return new Built(builder.concepts(), builder.bodies.toByteArray());
    }

    private void add(IconSet set, RawSet raw) {
        Set<String> names = raw.icons().stream().map(RawIcon::name).collect(Collectors.toSet());
        Set<String> drawn = new HashSet<>();
        List<RawIcon> sorted = new ArrayList<>(raw.icons());
        sorted.sort(Comparator.comparing(RawIcon::name));
        for (RawIcon icon : sorted) {
            if (IconFilter.keeps(icon, names) && drawn.add(icon.body())) {
                Named named = byName.computeIfAbsent(IconFilter.concept(set, icon.name()), Named::new);
                named.categories.add(icon.category());
                if (named.styles.add(set.name())) {
                    named.sprites.add(sprite(set, icon));
                }
            }
        }
        raw.aliases().forEach((other, name) -> {
            if (!other.contains("skin-tone")) {
                aliases.join(IconFilter.concept(set, other), IconFilter.concept(set, name));
            }
        });
    }

    private Sprite sprite(IconSet set, RawIcon icon) {
        byte[] body = icon.body().getBytes(StandardCharsets.UTF_8);
        int offset = bodies.size();
        bodies.writeBytes(body);
        return new Sprite(sprites++, set.name(), icon.name(), icon.view(), offset, body.length);
    }

    private List<Concept> concepts() {
        Map<String, List<Named>> groups = new LinkedHashMap<>();
        byName.values()
                .forEach(named -> groups.computeIfAbsent(aliases.root(named.name), root -> new ArrayList<>())
                        .add(named));
        List<Concept> concepts = new ArrayList<>();
        groups.values().forEach(group -> concepts.add(merge(group)));
        concepts.sort(Comparator.comparing(Concept::name));
        return concepts;
    }

    private static Concept merge(List<Named> group) {
        group.sort(Comparator.comparingInt((Named named) -> -named.sprites.size())
                .thenComparingInt(named -> named.name.length())
                .thenComparing(named -> named.name));
        Map<String, Sprite> byStyle = new LinkedHashMap<>();
        boolean thing = false;
        for (Named named : group) {
            named.sprites.forEach(sprite -> byStyle.putIfAbsent(sprite.style(), sprite));
            thing |= THINGS.stream().anyMatch(start -> named.categories.stream().anyMatch(c -> c.startsWith(start)));
        }
        List<Sprite> sprites = new ArrayList<>(byStyle.values());
        sprites.sort(Comparator.comparingInt(Sprite::id));
        return new Concept(group.getFirst().name, thing, List.copyOf(sprites));
    }

    /// The drawings under one name.
    private static final class Named {
        final String name;
        final List<Sprite> sprites = new ArrayList<>();
        final Set<String> styles = new HashSet<>();
        final Set<String> categories = new TreeSet<>();

        Named(String name) {
            this.name = name;
        }
    }

    /// Names that mean the same: a forest of names.
    private static final class Aliases {
        private final Map<String, String> parents = new TreeMap<>();

        String root(String name) {
            String at = name;
            for (String parent = parents.get(at); parent != null; parent = parents.get(at)) {
                at = parent;
            }
            return at;
        }

        void join(String one, String other) {
            String a = root(one);
            String b = root(other);
            if (!a.equals(b)) {
                parents.put(a, b);
            }
        }
    }
}
