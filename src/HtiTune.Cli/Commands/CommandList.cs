namespace HtiTune.Cli;

/// <summary>All verbs. A new one is a class with a static Create, and a line here.</summary>
internal static class CommandList
{
    private const string Tune = "Tune a network";
    private const string Look = "Look at a study";
    private const string Steps = "Drive the loop yourself";
    private const string Files = "Surrogates from files";
    private const string Self = "htitune itself";

    internal static readonly IReadOnlyList<CommandEntry> All =
    [
        new("run", Tune, "Tune with one line: a range, an objective and your command", RunCommand.Create),
        new("init", Tune, "Write a commented study.json to fill in", InitCommand.Create),
        new("check", Tune, "Check a study file: all faults in one list", CheckCommand.Create),
        new("tune", Tune, "Train where it pays until the best λ is certified; resumes what was broken off", TuneCommand.Create),
        new("prefer", Tune, "Answer another objective from the trainings there are", PreferCommand.Create),
        new("import", Tune, "Begin a study with trainings that were made before", ImportCommand.Create),
        new("trials", Look, "List the trainings of a study", TrialsCommand.Create),
        new("best", Look, "Print the recommended λ", BestCommand.Create),
        new("logs", Look, "Show what a training printed", LogsCommand.Create),
        new("inspect", Look, "Tell what is in a model, a study or a file of outputs", InspectCommand.Create),
        new("plot", Look, "Draw a figure of a study", PlotCommand.Create),
        new("ask", Steps, "Where to train next", AskCommand.Create),
        new("tell", Steps, "Hand in the outputs of a training", TellCommand.Create),
        new("enqueue", Steps, "Have values of your own choice trained next", EnqueueCommand.Create),
        new("fit", Files, "Fit a surrogate to outputs at several λ", FitCommand.Create),
        new("sample", Files, "Move outputs to another λ, without training", SampleCommand.Create),
        new("evaluate", Files, "Score a surrogate at values it has not seen, beside trivial baselines", EvaluateCommand.Create),
        new("export", Files, "Write a surrogate as ONNX, samples as .npy, a study as .csv", ExportCommand.Create),
        new("config", Self, "Show the settings and where they come from", ConfigCommand.Create),
        new("info", Self, "Show versions and all paths that are used", InfoCommand.Create),
        new("explain", Self, "Explain an error by its code", ExplainCommand.Create),
        new("completion", Self, "Write a completion script for a shell", CompletionCommand.Create),
    ];
}
