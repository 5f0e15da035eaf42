namespace HtiTune.Cli;

/// <summary>An error that commands report.</summary>
/// <param name="Code">Its code; it never changes its meaning.</param>
/// <param name="ExitCode">How a command ends with it.</param>
/// <param name="Title">What it is.</param>
/// <param name="Explanation">What it means and what helps.</param>
internal sealed record ErrorKind(string Code, int ExitCode, string Title, string Explanation);

/// <summary>All errors by their codes, as <c>htitune explain</c> tells them.</summary>
internal static class ErrorCatalogue
{
    internal static readonly IReadOnlyList<ErrorKind> All =
    [
        new("H001", ExitCode.Usage, "the command line is wrong",
            "A verb, an option or a value is not one that htitune knows. `htitune VERB --help` shows what it takes, with examples."),
        new("H002", ExitCode.BadInput, "there is no study here",
            "A study is a file, study.json unless another is named. Write one with `htitune init`, or begin one with `htitune run`. Verbs look for\n"
            + "study.json in the current folder, then for htitune-run/study.json, which `htitune run` makes."),
        new("H003", ExitCode.BadInput, "a file or a value is wrong",
            "The message names the file, the place in it, what stands there and what is expected. Nothing was changed."),
        new("H010", ExitCode.BadInput, "the study file has faults",
            "`htitune check` lists all of them with their lines. Comments (//) and trailing commas are allowed.\n"
            + "`htitune init --out other.json` writes a file that shows every key."),
        new("H011", ExitCode.BadInput, "the training command cannot be run",
            "The program is not on the PATH or is not executable, or the text holds signs of a shell (| & ; > $ `), which no shell would read here.\n"
            + "Name the program as you would at the prompt. For a pipeline, give the shell yourself and take values from the environment:\n"
            + "  \"command\": [\"sh\", \"-c\", \"python train.py --lambda \\\"$HTITUNE_LAMBDA\\\" | tee train.txt\"]"),
        new("H012", ExitCode.BadInput, "the objective is not understood",
            "An objective is `column:NAME`, the mean of a column of the outputs, by name or by number from 0; or `command: PROGRAM … {outputs}`, which\n"
            + "prints one number for a file of outputs, or an expression: `htitune help objectives` lists what they may hold."),
        new("H013", ExitCode.BadInput, "the folder holds another study",
            "The study's folder was begun with another hyperparameter, other contexts or another seed, and its trainings do not fit. Undo the change,\n"
            + "or begin a study of its own with -o, or accept another name, range, scale or seed with --force: the trainings within the range then begin\n"
            + "the study anew, and what it was stays in a folder beside it."),
        new("H014", ExitCode.BadInput, "the study is open elsewhere",
            "Another htitune works on this study. Wait for it, or end it with Ctrl-C. `htitune trials` and `htitune logs` may be used beside it;\n"
            + "`htitune ask` and `htitune tell` wait for it with --wait."),
        new("H015", ExitCode.InHands, "all trainings are in hands",
            "As many trainings are under way as \"parallel\" of the study allows, or the next place depends on what one of them brings. Ask again once one was\n"
            + "told, or with --wait. A training whose lease has run out is handed out again: `htitune ask --renew N` makes it longer."),
        new("H016", ExitCode.BadInput, "a training was told before, and otherwise",
            "What was told first stands, and nothing was changed. Told again with the same outputs, or as failed again, it is harmless."),
        new("H017", ExitCode.BadInput, "this is of one continuous hyperparameter",
            "The study tunes several hyperparameters, or one that takes whole numbers or words. `tune`, `ask`, `tell`, `trials`, `best`, `enqueue`, `prefer`, `import`\n"
            + "and `export --out trials.csv` serve it, and `plot` with the figures slices and history; other figures and models of the outputs are of one continuous\n"
            + "hyperparameter so far."),
        new("H020", ExitCode.TrainingFailed, "trainings failed and nothing can be recommended",
            "No training has brought outputs. The message holds the end of the last log; `htitune logs N` shows all of it. Run the command by hand:\n"
            + "`htitune tune --dry-run` prints it. Three that failed before any succeeded are not counted when you run `htitune tune` again, or `htitune ask --anew`."),
        new("H021", ExitCode.TrainingFailed, "a training ended with an error",
            "The command ended with an exit code other than 0, or a signal ended it. It is tried again as often as \"retries\" says, with the same λ and\n"
            + "seed, then the study goes on elsewhere. `htitune logs N` shows what it printed."),
        new("H022", ExitCode.TrainingFailed, "a training took too long",
            "It reached \"timeLimit\" of the study and was interrupted, terminated and killed with all that it had started. Raise the limit in the study file,\n"
            + "or mend what hangs; `htitune logs N` shows how far it came."),
        new("H023", ExitCode.TrainingFailed, "a training wrote a wrong file",
            "The command ended well, but its outputs are missing, cut short, not numbers, or of another shape. Expected is one row for each context and\n"
            + "the same columns at every λ, finite numbers, in the file that {out} names. Write to a temporary name and rename it, so that no half is left."),
        new("H030", ExitCode.BudgetSpent, "the budget is spent before a certificate",
            "The recommendation stands, with the regret that the message names. `htitune tune --trainings N` with a larger N goes on where it ended."),
        new("H031", ExitCode.GoalNotReached, "no certificate",
            "No further training is expected to help: trainings scatter too much, or the regret that does not matter (epsilon) is too small.\n"
            + "`htitune tune --go-on --trainings N` trains all the same, `--replicate` also at trained places where values scatter."),
        new("H040", ExitCode.BadInput, "the configuration is wrong",
            "`htitune config show --origin` lists every setting, its value and the file or variable it comes from."),
        new("H050", ExitCode.ServiceUnreachable, "a service could not be reached",
            "Check the address of --server, then whether the service runs: its /health says so. What was trained is kept here; the same command goes on."),
        new("H051", ExitCode.BadInput, "a service refused",
            "The message holds the service's words. A key must be known to it and be allowed to write: HtiTune.Server keys add NAME makes one. It comes from\n"
            + "HTITUNE_API_KEY or from the file of --token-file, never from the command line, which others on the machine can read."),
        new("H130", ExitCode.Interrupted, "interrupted", "What was completed is kept. The same command goes on where it ended."),
    ];

    internal static ErrorKind Find(string code) => All.First(kind => kind.Code == code);
}
