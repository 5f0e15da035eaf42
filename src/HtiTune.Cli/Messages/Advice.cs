namespace HtiTune.Cli;

/// <summary>What an advice fills in: the study, and what is known of it.</summary>
internal sealed record AdvicePlace
{
    /// <summary>The study; null where there is none.</summary>
    internal StudySpecification? Study { get; init; }

    /// <summary>Trainings that the study's runs have made.</summary>
    internal int Made { get; init; }

    /// <summary>Another objective than the study's; null for its own.</summary>
    internal string? Objective { get; init; }

    /// <summary>Time that a command needs; null where it does not matter.</summary>
    internal TimeSpan? Time { get; init; }

    /// <summary>A training's number.</summary>
    internal int Number { get; init; }

    /// <summary>A file, a verb, a code or an address, whichever the advice speaks of.</summary>
    internal string Name { get; init; } = "";

    /// <summary>The words of a command line that is to be typed again.</summary>
    internal IReadOnlyList<string> Line { get; init; } = [];

    /// <summary>The study as an argument; nothing where it is found without.</summary>
    internal string[] Argument => Study is { } study && Shown(study) is { } path ? [path] : [];

    /// <summary>The server as an option; nothing without one.</summary>
    internal string[] Server => Name.Length > 0 ? ["--server", Name] : [];

    /// <summary>What was typed of how much a run may take, which the study file does not hold.</summary>
    internal IEnumerable<string> Bounds
    {
        get
        {
            var own = StudyFolders.Own(Line).ToList();

            // The verb that writes the study file has put its bounds there.
            var isKept = own is ["run", ..];
            for (var i = 0; i < own.Count; i++)
            {
                if (!isKept && own[i] is ("--trainings" or "--time" or "--parallel") && i + 1 < own.Count)
                {
                    yield return own[i];
                    yield return own[i + 1];
                }
                else if (own[i] is "--go-on" || !isKept && own[i] is "--replicate")
                {
                    yield return own[i];
                }
            }
        }
    }

    /// <summary>The study as an option.</summary>
    internal string[] Option => Argument is [var path] ? ["--study", path] : [];

    /// <summary>A study's file from the current folder; null where the verbs find it by themselves.</summary>
    private static string? Shown(StudySpecification study)
    {
        var file = Path.GetRelativePath(Directory.GetCurrentDirectory(), study.File);
        return file is StudyLocator.FileName || file == Path.Combine(StudyLocator.RunFolder, StudyLocator.FileName) && !File.Exists(StudyLocator.FileName) ? null : file;
    }
}

/// <summary>A command line that htitune advises. All there are stand here, and each does what it says: a test types each.</summary>
/// <param name="When">When it is said.</param>
/// <param name="Words">The words to type after <c>htitune</c>.</param>
/// <param name="Does">What they do.</param>
internal sealed record Advice(string When, Func<AdvicePlace, IEnumerable<string>> Words, Func<AdvicePlace, string> Does)
{
    // So many trainings more are advised at a time.
    internal const int Step = 4;

    internal static readonly Advice Resume = new(
        "a run was interrupted",
        at => [.. at.Study is { JudgedBy: { } judge } ? (string[])["prefer", .. at.Argument, "--objective", judge, .. GoalOf(at)] : ["tune", .. at.Argument], .. at.Bounds],
        _ => "goes on where it ended");

    internal static readonly Advice MoreTrainings = new(
        "all trainings that were allowed are made", at => ["tune", .. at.Argument, "--trainings", More(at)], _ => $"makes up to {Step} trainings more");

    internal static readonly Advice GoOn = new(
        "no training is expected to gain anything", at => ["tune", .. at.Argument, "--go-on", "--trainings", More(at)], _ => $"makes {Step} trainings more all the same");

    internal static readonly Advice Replicate = new(
        "values scatter more than the regret that does not matter",
        at => ["tune", .. at.Argument, "--replicate", "--go-on", "--trainings", More(at)], _ => $"makes {Step} trainings more, also at trained places with another seed");

    internal static readonly Advice TimeAgain = new(
        "the time is up, and a training fits into as much again", at => ["tune", .. at.Argument, "--time", Seconds(at.Study!.MaxTime!.Value)], at => $"goes on, with {Duration.Show(at.Study!.MaxTime!.Value)} again");

    internal static readonly Advice MoreTime = new(
        "a training takes longer than the time allowed", at => ["tune", .. at.Argument, "--time", Seconds(at.Time!.Value)], _ => "goes on, with time for some trainings");

    internal static readonly Advice Prefer = new(
        "a recommendation is certified, and the outputs answer more than one objective",
        at => ["prefer", .. at.Argument, "--objective", at.Objective!], _ => "answers another objective from these trainings");

    internal static readonly Advice Figure = new(
        "a recommendation is certified, and the outputs are one number", at => ["plot", .. at.Argument, "--out", "objective.svg"], _ => "draws what is known");

    internal static readonly Advice PreferTraining = new(
        "another objective is not answered by the trainings there are",
        at => ["prefer", .. at.Argument, "--objective", at.Objective!, .. GoalOf(at), "--trainings", "2"], _ => "makes up to 2 trainings for it");

    internal static readonly Advice PreferGoOn = new(
        "no training is expected to gain anything for another objective",
        at => ["prefer", .. at.Argument, "--objective", at.Objective!, .. GoalOf(at), "--go-on", "--trainings", "2"], _ => "makes 2 trainings for it all the same");

    internal static readonly Advice Best = new("a study that is asked and told has ended", at => ["best", .. at.Argument], _ => "prints the recommended value");

    internal static readonly Advice DryRun = new("a study file is right", at => ["tune", .. at.Argument, "--dry-run"], _ => "shows the first commands and starts nothing");

    internal static readonly Advice Tune = new("nothing is trained yet", at => ["tune", .. at.Argument], _ => "trains, and recommends");

    internal static readonly Advice LineAgain = new("a dry run was shown", at => at.Line, _ => "does it");

    internal static readonly Advice Check = new("a study file was written", at => ["check", at.Name], _ => "once it is filled in: is it right?");

    internal static readonly Advice Tell = new(
        "a training was asked for", at => ["tell", Whole(at.Number), $"outputs-{Whole(at.Number)}{at.Study!.OutputFormat}", .. at.Option], _ => "once it is trained: takes the file with its outputs");

    internal static readonly Advice Ask = new("a training was told", at => ["ask", .. at.Argument], _ => "says where to train next");

    internal static readonly Advice AskWait = new(
        "all trainings are in hands", at => ["ask", .. at.Argument, "--wait", .. at.Server], _ => "waits until there is one");

    internal static readonly Advice AskAnew = new(
        "three trainings that were told have failed, and none succeeded", at => ["ask", .. at.Argument, "--anew"], _ => "begins anew, once what trains is mended");

    internal static readonly Advice TellFailed = new(
        "outputs that are told are wrong", at => ["tell", Whole(at.Number), "--failed", "the outputs are wrong", .. at.Option, .. at.Server], _ => "says that the training has failed; or write the file anew");

    internal static readonly Advice Logs = new("a training failed", at => ["logs", Whole(at.Number), .. at.Option], _ => "shows what it printed");

    internal static readonly Advice Trials = new("there is no training of a number", at => ["trials", .. at.Argument], _ => "lists the trainings");

    internal static readonly Advice Init = new("there is no study", _ => ["init"], _ => "writes a study file to fill in");

    internal static readonly Advice Force = new(
        "the trainings there are were made for another study, and can serve this one", at => at.Line, _ => "accepts the change and goes on with the trainings that fit");

    internal static readonly Advice Apart = new("a study was changed", at => at.Line, _ => "begins a study of its own");

    internal static readonly Advice Failed = new(
        "trainings fail, and none succeeds", at => ["tune", .. at.Argument, "--dry-run"], _ => "prints the command, to run it by hand; mend it, and tune again");

    internal static readonly Advice Codes = new("a code is none that there is", _ => ["explain"], _ => "lists all codes");

    internal static readonly Advice InitOther = new("a study file is there already", _ => ["init", "--out", "other.json"], _ => "writes it under another name; --force replaces the one that is there");

    internal static readonly Advice Sample = new(
        "a surrogate is fitted",
        at => ["sample", "--model", at.Name, "--from", at.Line[0], "--lambda", at.Line[1], "--input", $"at-{at.Line[0]}.npy", "--out", $"at-{at.Line[1]}.npy"], at => $"moves the rows of at-{at.Line[0]}.npy");

    internal static readonly Advice SampleAt = new(
        "a surrogate of several hyperparameters is fitted",
        at => ["sample", "--model", at.Name, "--at", at.Line[0], "--out", "outputs-there.npy"], _ => "writes the outputs that are expected there");

    internal static readonly Advice Explain = new("anything is wrong that has a code", at => ["explain", at.Name], _ => "says what it means");

    internal static readonly Advice Help = new("a command line is wrong", at => [.. at.Name.Length > 0 ? (string[])[at.Name] : [], "--help"], _ => "says what it takes");

    internal static readonly Advice ServedTune = new("a study of a server was interrupted, or has no result", at => ["tune", .. at.Argument, "--server", at.Name], _ => "goes on where it ended");

    internal static readonly Advice ServedAsk = new("a training was told to a server", at => ["ask", .. at.Argument, "--server", at.Name], _ => "says where to train next");

    internal static readonly Advice ServedTell = new(
        "a server was asked", at => ["tell", Whole(at.Number), $"outputs-{Whole(at.Number)}{at.Study?.OutputFormat ?? ".npy"}", .. at.Option, "--server", at.Name],
        _ => "once it is trained: takes the file with its outputs");

    /// <summary>All of them, by name.</summary>
    internal static readonly IReadOnlyList<(string Name, Advice Advice)> Table =
    [
        (nameof(Resume), Resume), (nameof(MoreTrainings), MoreTrainings), (nameof(GoOn), GoOn), (nameof(Replicate), Replicate), (nameof(TimeAgain), TimeAgain), (nameof(MoreTime), MoreTime),
        (nameof(Prefer), Prefer), (nameof(Figure), Figure), (nameof(PreferTraining), PreferTraining), (nameof(PreferGoOn), PreferGoOn), (nameof(Best), Best), (nameof(DryRun), DryRun),
        (nameof(Tune), Tune), (nameof(LineAgain), LineAgain), (nameof(Check), Check), (nameof(Tell), Tell), (nameof(Ask), Ask), (nameof(AskWait), AskWait),
        (nameof(AskAnew), AskAnew), (nameof(TellFailed), TellFailed), (nameof(Logs), Logs), (nameof(Trials), Trials),
        (nameof(Init), Init), (nameof(Force), Force), (nameof(Apart), Apart), (nameof(Failed), Failed), (nameof(Codes), Codes), (nameof(InitOther), InitOther), (nameof(Sample), Sample),
        (nameof(SampleAt), SampleAt),
        (nameof(Explain), Explain), (nameof(Help), Help), (nameof(ServedTune), ServedTune), (nameof(ServedAsk), ServedAsk),
        (nameof(ServedTell), ServedTell),
    ];

    /// <summary>The line to type, with what it does behind the sign of a comment, so that the whole of it may be typed.</summary>
    internal string For(AdvicePlace place) => $"htitune {External.CommandText.Show(Words(place))}   # {Does(place)}";

    /// <summary>The line for a name: a verb, a file, a code or an address.</summary>
    internal string For(string name) => For(new AdvicePlace { Name = name });

    /// <summary>The line for a study.</summary>
    internal string For(StudySpecification study) => For(new AdvicePlace { Study = study });

    /// <summary>The words of a line that was printed.</summary>
    internal static List<string> Typed(string line) => External.CommandText.Split(line.Split("   # ")[0])[1..];

    private static string More(AdvicePlace at) => Whole(at.Made + Step);

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => time.TotalMinutes < 5
        ? $"{Whole((int)Math.Ceiling(time.TotalSeconds))}s"
        : $"{Whole((int)Math.Ceiling(time.TotalMinutes))}m";

    private static string[] GoalOf(AdvicePlace at) => at.Study is { JudgedBy: not null, HasOtherGoal: true } study ? ["--goal", study.Goal == Goal.Maximize ? "maximize" : "minimize"] : [];
}
