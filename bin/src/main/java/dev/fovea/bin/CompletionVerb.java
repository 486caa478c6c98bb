package dev.fovea.bin;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `fovea completion bash|zsh`: a script that completes verbs, options and files.
@Command(
        name = "completion",
        description = "Print a script that completes verbs, options and files.",
        footer = {
            "",
            "bash:  source <(fovea completion bash)",
            "zsh:   source <(fovea completion zsh)      (after compinit)"
        })
final class CompletionVerb implements Callable<Integer> {
    private final Fovea fovea;

    @Parameters(paramLabel = "SHELL", description = "bash or zsh")
    private Shell shell = Shell.bash;

    CompletionVerb(Fovea fovea) {
        this.fovea = fovea;
    }

    /// Shells with completion.
    enum Shell {
        /// GNU bash
        bash,
        /// Z shell, by its bash mode
        zsh
    }

    @Override
    public Integer call() {
        String script = AutoComplete.bash("fovea", Fovea.commandLine(fovea, new Problems(fovea)));
        if (shell == Shell.zsh) {
            fovea.out().println("autoload -U +X bashcompinit && bashcompinit");
        }
        fovea.out().print(script);
        return ExitCode.OK.code();
    }
}
