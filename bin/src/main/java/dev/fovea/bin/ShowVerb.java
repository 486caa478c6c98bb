package dev.fovea.bin;

import dev.fovea.bin.terminal.TextTable;
import dev.fovea.dsl.ResolvedSpec;
import dev.fovea.dsl.SpecReader;
import dev.fovea.dsl.Study;
import dev.fovea.dsl.Sweep;
import dev.fovea.dsl.run.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `fovea show SPEC`: the spec with everything filled in; `fovea show KEY`: what a run came to.
@Command(
        name = "show",
        description = "Print a spec with every value filled in. Given a run key instead, print what that run came to.")
final class ShowVerb implements Callable<Integer> {
    private final Fovea fovea;

    @Mixin
    private SpecArguments arguments = new SpecArguments();

    @Option(names = "--section", paramLabel = "KEY", description = "only this part, such as model or model.ps3")
    private String section = "";

    @Option(names = "--origin", description = "say beside each value where it was set")
    private boolean origin;

    @Option(names = "--points", description = "the points of its sweeps instead, with their run keys")
    private boolean points;

    @Option(names = "--format", paramLabel = "FORMAT", description = "yaml or json (default: yaml)")
    private Format format = Format.yaml;

    @Option(names = "--json", description = "the same as --format json")
    private boolean json;

    @Option(names = "--runs", paramLabel = "DIR", description = "folder of the runs (default: runs)")
    private Path runs = Path.of("runs");

    ShowVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    /// How to print.
    enum Format {
        /// as a spec is written
        yaml,
        /// for programs
        json
    }

    @Override
    public Integer call() {
        boolean asJson = json || format == Format.json;
        if (!Files.exists(fovea.input(arguments.file()))) {
            RunFolder run = RunFolder.find(fovea.input(runs), arguments.file().toString())
                    .orElseThrow(() -> new UserError(
                            ExitCode.USAGE,
                            arguments.file() + ": no such file, and no run in " + fovea.input(runs) + " has this key"));
            RunSummary.print(fovea, run, asJson);
            return ExitCode.OK.code();
        }
        if (points) {
            fovea.out()
                    .print(points(SpecReader.readStudy(fovea.input(arguments.file()), arguments.overrides()), asJson));
            return ExitCode.OK.code();
        }
        ResolvedSpec spec = arguments.read(fovea);
        if (asJson && origin) {
            throw new UserError(
                    ExitCode.USAGE, "--origin writes comments, which JSON has not; leave out one of the two");
        }
        String text = asJson ? Sections.json(spec.json(), section) : Sections.yaml(spec.yaml(origin), section);
        fovea.out().print(text);
        return ExitCode.OK.code();
    }

    private String points(Study study, boolean asJson) {
        TextTable table = new TextTable("sweep", "point", "key", "sets");
        List<Map<String, Object>> all = new ArrayList<>();
        for (Sweep sweep : study.sweeps()) {
            for (Sweep.Point point : sweep.points()) {
                String key = point.spec().key().text();
                List<String> sets = new ArrayList<>();
                point.settings().forEach((name, value) -> sets.add(name + "=" + value));
                table.add(sweep.name(), point.label(), key, String.join(" ", sets));
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("sweep", sweep.name());
                one.put("point", point.label());
                one.put("key", key);
                one.put("sets", point.settings());
                all.add(one);
            }
        }
        return asJson ? Json.text(all) + "\n" : table.text(fovea.outStyle());
    }
}
