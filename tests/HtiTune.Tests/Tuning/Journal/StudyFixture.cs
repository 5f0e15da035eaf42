using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Tuning.Journal;

/// <summary>A small study of two runs, and the folder it lies in.</summary>
internal sealed class StudyFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static Problem Task { get; } = new(3);

    public static Contexts Contexts { get; } = Problem.Contexts.Select([.. Enumerable.Range(0, 21).Select(i => 5 * i)]);

    public static TunerOptions Options { get; } = Problem.Options(7, 11) with { GridSize = 33, Epsilon = 1e-9 };

    public string Folder => _folder.File("study");

    public string Journal => Path.Combine(Folder, "journal.jsonl");

    public static double First(IConditionalModel model) => Tracking(model, 0.5);

    public static double Second(IConditionalModel model) => Tracking(model, -0.3);

    public string File(string name) => _folder.File(name);

    public Tuner Open(INetwork network, StudyFiles? files = null, TunerOptions? options = null) =>
        StudyOpening.Open(Folder, network, Problem.Hyperparameter, Contexts, options ?? Options, files ?? new StudyFiles());

    /// <summary>Both runs, and all that they say, to the last bit.</summary>
    public static string Program(Tuner tuner) => Text(tuner.Optimize(First, name: "first")) + Text(tuner.Optimize(Second, 2));

    /// <summary>What they say in memory, without a folder.</summary>
    public static string Undisturbed { get; } = InMemory();

    public static string Text(TuningResult study) => string.Join('\n',
    [
        .. study.Trials.Select(t => FormattableString.Invariant(
            $"{t.Number} {t.Lambda:R} {t.State} {t.Reason} {t.Value:R} {t.Predicted:R} {t.PredictedLow:R} {t.PredictedHigh:R} {t.IsReused} {t.Error}")),
        FormattableString.Invariant(
            $"{study.Lambda:R} {study.PredictedValue:R} {study.PredictedDeviation:R} {study.RealValue:R} {study.Trust:R} {study.TrainingsUsed} {study.StopReason} {study.Outcome}"),
        "",
    ]);

    /// <summary>A copy of the study, for damage.</summary>
    public StudyFixture Copy()
    {
        var copy = new StudyFixture();
        Directory.CreateDirectory(Path.Combine(copy.Folder, "anchors"));
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
        {
            System.IO.File.Copy(file, Path.Combine(copy.Folder, Path.GetRelativePath(Folder, file)));
        }

        return copy;
    }

    /// <summary>Names and contents of all files but the lock.</summary>
    public string[] Contents() => Directory.Exists(Folder)
        ? [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(f => $"{Path.GetRelativePath(Folder, f)} {Convert.ToHexString(System.IO.File.ReadAllBytes(f))}")]
        : [];

    public void Dispose() => _folder.Dispose();

    private static double Tracking(IConditionalModel model, double target) =>
        model.Sample(Contexts).Outputs.Values.ToArray().Average(y => (y - target) * (y - target));

    private static string InMemory()
    {
        using var tuner = new Tuner(Task.Network(), Problem.Hyperparameter, Contexts, Options);
        return Program(tuner);
    }
}
