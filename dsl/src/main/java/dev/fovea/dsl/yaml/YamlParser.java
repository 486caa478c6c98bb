package dev.fovea.dsl.yaml;

import dev.fovea.dsl.yaml.YamlNode.Kind;
import dev.fovea.dsl.yaml.YamlNode.Scalar;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads one YAML 1.2 document into [YamlNode]s. Stricter than YAML: keys are text and unique, and tags, merge
/// keys,
/// directives other than `%YAML 1.2` and further documents are errors. Anchors work, within limits of size and
/// depth.
///
/// It works on the event stream of snakeyaml-engine with a stack of its own, so that no input can overflow the Java
/// stack and every problem has a place; the engine's composer would recurse.
public final class YamlParser {
    /// Most nodes in one document after aliases are expanded.
    static final int MAX_NODES = 20_000;

    /// Most levels of nesting.
    static final int MAX_DEPTH = 24;

    private final Source source;
    private final Findings findings;
    private final Deque<Frame> open = new ArrayDeque<>();
    private final Map<String, Built> anchors = new HashMap<>();
    private int nodes;
    private @Nullable YamlNode root;

    private YamlParser(Source source, Findings findings) {
        this.source = source;
        this.findings = findings;
    }

    /// The document's value, or null if there is none or it could not be read to its end (then a finding says why).
    public static @Nullable YamlNode parse(Source source, Findings findings) {
        return new YamlParser(source, findings).document();
    }

    /// A finished node with what it costs to repeat it.
    record Built(YamlNode node, int size, int depth) {}

    private @Nullable YamlNode document() {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(source.name())
                .setCodePointLimit(Integer.MAX_VALUE)
                .build();
        Mark last = source.at(1, 1);
        try {
            Iterator<Event> events =
                    new Parse(settings).parseString(source.text()).iterator();
            boolean more = true;
            while (more && events.hasNext()) {
                Event event = events.next();
                last = markOf(event);
                more = accept(event, last) && !findings.full();
            }
            return more ? root : null;
        } catch (MarkedYamlEngineException e) {
            syntaxError(e);
        } catch (ReaderException e) {
            String code = "U+%04X".formatted(e.getCodePoint());
            findings.error(
                    source.atCodePoint(e.getPosition()), "", "the character " + code + " is not allowed in YAML");
        } catch (YamlEngineException | NumberFormatException | IndexOutOfBoundsException e) {
            findings.error(last, "", "not readable as YAML: " + firstLine(e.getMessage()));
        }
        return null;
    }

    /// Returns false if reading must stop.
    private boolean accept(Event event, Mark mark) {
        return switch (event.getEventId()) {
            case StreamStart, StreamEnd, DocumentEnd, Comment -> true;
            case DocumentStart -> documentStart((DocumentStartEvent) event, mark);
            case Alias -> alias((AliasEvent) event, mark);
            case Scalar -> scalar((ScalarEvent) event, mark);
            case SequenceStart, MappingStart -> start((CollectionStartEvent) event, mark);
            case SequenceEnd, MappingEnd -> end();
        };
    }

    private boolean documentStart(DocumentStartEvent event, Mark mark) {
        if (root != null) {
            findings.error(mark, "", "a second document begins here", "one file holds one spec: remove the \"---\"");
            return false;
        }
        boolean oldVersion = event.getSpecVersion().isPresent()
                && event.getSpecVersion().get().getMinor() != 2;
        if (oldVersion || hasTagDirective(event)) {
            findings.error(mark, "", "directives are not supported", "remove the line that begins with \"%\"");
        }
        return true;
    }

    private static boolean hasTagDirective(DocumentStartEvent event) {
        for (String handle : event.getTags().keySet()) {
            if (!handle.equals("!") && !handle.equals("!!")) {
                return true;
            }
        }
        return false;
    }

    private boolean alias(AliasEvent event, Mark mark) {
        String name = event.getAlias().getValue();
        Built built = anchors.get(name);
        if (built == null) {
            boolean inside = open.stream().anyMatch(frame -> name.equals(frame.anchor));
            String message = inside
                    ? "*" + name + " stands inside the value that it names"
                    : "no &" + name + " before this *" + name;
            findings.error(mark, path(), message, "use vars to share values");
            return place(new Built(new Scalar(mark, "", Kind.NOTHING, null), 1, 1), mark);
        }
        return place(new Built(built.node(), built.size(), built.depth()), mark);
    }

    private boolean scalar(ScalarEvent event, Mark mark) {
        refuseTag(event.getTag(), mark);
        Kind kind = event.isPlain() ? Scalars.kind(event.getValue()) : Kind.TEXT;
        Frame frame = open.peek();
        if (frame != null && frame.expectsKey()) {
            frame.key(event.getValue(), kind, mark, findings, path());
            return true;
        }
        Built built = new Built(new Scalar(mark, event.getValue(), kind, null), 1, 1);
        remember(event.getAnchor(), built);
        return place(built, mark);
    }

    private boolean start(CollectionStartEvent event, Mark mark) {
        refuseTag(event.getTag(), mark);
        if (open.size() >= MAX_DEPTH) {
            findings.error(mark, path(), "nested more than " + MAX_DEPTH + " levels deep");
            return false;
        }
        Frame parent = open.peek();
        if (parent != null && parent.expectsKey()) {
            findings.error(mark, path(), "a key must be text, found a " + (isMapping(event) ? "section" : "list"));
        }
        String anchor = event.getAnchor().map(Anchor::getValue).orElse(null);
        open.push(new Frame(mark, isMapping(event), anchor, path()));
        return true;
    }

    private static boolean isMapping(Event event) {
        return event.getEventId() == Event.ID.MappingStart;
    }

    private boolean end() {
        Frame frame = open.pop();
        Built built = frame.finish();
        if (frame.anchor != null) {
            anchors.put(frame.anchor, built);
        }
        Frame parent = open.peek();
        if (parent != null && parent.expectsKey()) {
            parent.dropNextValue();
            return true;
        }
        return place(built, frame.mark);
    }

    private boolean place(Built built, Mark mark) {
        nodes += built.size();
        if (nodes > MAX_NODES || open.size() + built.depth() > MAX_DEPTH) {
            String what = nodes > MAX_NODES
                    ? "more than " + MAX_NODES + " values"
                    : "nested more than " + MAX_DEPTH + " levels deep";
            findings.error(mark, path(), what + ", counting what aliases repeat");
            return false;
        }
        Frame frame = open.peek();
        if (frame == null) {
            root = built.node();
        } else if (frame.expectsKey()) {
            findings.error(mark, path(), "a key must be text, found an alias");
            frame.dropNextValue();
        } else {
            frame.add(built);
        }
        return true;
    }

    private void remember(Optional<Anchor> anchor, Built built) {
        if (anchor.isPresent()) {
            anchors.put(anchor.get().getValue(), built);
        }
    }

    private void refuseTag(Optional<String> tag, Mark mark) {
        if (tag.isPresent()) {
            findings.error(
                    mark,
                    path(),
                    "tags such as " + shortened(tag.get()) + " are not supported",
                    "remove it: a spec names no types or classes");
        }
    }

    private String path() {
        Frame frame = open.peek();
        return frame == null ? "" : frame.childPath();
    }

    private Mark markOf(Event event) {
        return event.getStartMark().map(this::markOf).orElse(source.at(1, 1));
    }

    private Mark markOf(org.snakeyaml.engine.v2.exceptions.Mark mark) {
        return source.at(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private void syntaxError(MarkedYamlEngineException e) {
        Mark mark = e.getProblemMark().or(e::getContextMark).map(this::markOf).orElse(source.at(1, 1));
        String line = source.line(mark.line());
        int at = line == null || line.isEmpty()
                ? 0
                : line.offsetByCodePoints(0, Math.min(mark.column() - 1, line.codePointCount(0, line.length())));
        if (line != null && at < line.length() && line.charAt(at) == '\t') {
            findings.error(mark, "", "a tab cannot stand here", "indent with spaces");
            return;
        }
        String context = e.getContext() == null ? "" : " " + firstLine(e.getContext());
        findings.error(mark, "", "not valid YAML" + context + ": " + firstLine(e.getProblem()), hint(line));
    }

    private static @Nullable String hint(@Nullable String line) {
        boolean quotes = line != null && (line.indexOf('"') >= 0 || line.indexOf('\'') >= 0);
        return quotes ? "check that every quote is closed" : null;
    }

    private static String firstLine(@Nullable String message) {
        String text = message == null ? "unknown reason" : message;
        String line = text.lines().findFirst().orElse("");
        int remark = line.indexOf(". (");
        return shortened(remark < 0 ? line : line.substring(0, remark));
    }

    private static String shortened(String text) {
        return text.length() <= 120 ? text : text.substring(0, 119) + "…";
    }
}
