using System.Text;

namespace HtiTune.Cli;

/// <summary>What an import would do: which run becomes which training, and which are left out and why.</summary>
internal sealed class ImportPlan
{
    // Below this, the distribution of the outputs says little; the surrogate couples rows one by one.
    private const int FewRows = 30;
    private readonly StudySpecification _study;
    private readonly IReadOnlyList<EarlierTraining> _runs;

    private ImportPlan(StudySpecification study, IReadOnlyList<EarlierTraining> runs) => (_study, _runs) = (study, runs);

    /// <summary>Holds runs against a study.</summary>
    /// <exception cref="CliException">None can be taken, or their outputs do not fit; the message says which.</exception>
    internal static ImportPlan Of(StudySpecification study, IReadOnlyList<EarlierTraining> runs)
    {
        var seen = StudyJournal.Exists(study.Folder) && StudyJournal.Read(study.Folder) is var journal && journal.Completed.Count > 0
            ? journal.LoadAnchors().Select(anchor => anchor.Configuration).ToHashSet() : [];
        var judged = new List<EarlierTraining>();
        foreach (var run in runs)
        {
            judged.Add(run.LeftOut is not null ? run
                : !study.Holds(run.Configuration!) ? run with { LeftOut = $"outside {study.Space}" }
                : run.Outputs is null ? run
                : seen.Add(run.Configuration!) ? run
                : run with { LeftOut = $"at a {(study.Space.IsLine ? "λ" : "configuration")} that is there already; the first of each is taken" });
        }

        var taken = judged.Where(run => run is { LeftOut: null, Outputs: not null }).ToList();
        if (taken.Count == 0)
        {
            var others = judged.Where(run => run.LeftOut is not null).GroupBy(run => run.LeftOut).Select(group => Counted(group.Count(), group.Key!)).ToList();
            var failed = judged.Count(run => run.LeftOut is null);
            throw new CliException("H003", $"there is no run within {study.Space} that has finished with a value; expected at least one."
                + (failed > 0 ? $" Without a finite value: {failed}." : "") + (others.Count > 0 ? $" Left out: {string.Join("; ", others)}." : ""));
        }

        var first = taken[0].Outputs!;
        if (taken.Find(run => run.Outputs!.Rows != first.Rows || run.Outputs.Columns != first.Columns) is { } other)
        {
            throw new CliException("H003", $"{other.Place} has the shape ({other.Outputs!.Rows}, {other.Outputs.Columns}); expected ({first.Rows}, {first.Columns}), as {taken[0].Place}.");
        }

        if (StudySession.DeclaredBy(study).Contexts is { } contexts && contexts.Count != first.Rows)
        {
            throw new CliException("H003", $"{taken[0].Place} has {first.Rows} rows; expected {contexts.Count}, one for each context.");
        }

        if (Fault(study.Objective) is { } fault)
        {
            throw new CliException("H012", $"{study.File}:{study.ObjectiveLine}: the objective cannot judge {taken[0].Place}: {fault}.", "correct the objective, or name the column with --value-column");
        }

        // Trainings that follow would have to leave out what these lack.
        foreach (var (text, line) in study.Front.Select(one => (one.Objective, study.FrontLine)).Concat(study.Constraints.Select(one => (one.Objective, study.ConstraintsLine))))
        {
            if (Fault(text) is { } missed)
            {
                throw new CliException(
                    "H012", $"{study.File}:{line}: '{text}' cannot be judged by {taken[0].Place}: {missed}.", "import a folder of files with all columns, or take it out of the study");
            }
        }

        string? Fault(string objective) => TrialValues.FaultOf(study, objective, first, taken[0].Columns, taken[0].Configuration!.Lambda);

        return new ImportPlan(study, judged);
    }

    /// <summary>Shows what each run would become.</summary>
    internal void Show()
    {
        var place = Math.Max(6, _runs.Max(run => run.Place.Length));
        var values = Values();
        Console.Out.WriteLine($"{"run".PadRight(place)} {string.Join(' ', _study.Space.Select(one => one.Name.PadLeft(12)))} {"value",14} {"state",-12} {"time",12}  becomes");
        for (var i = 0; i < _runs.Count; i++)
        {
            var run = _runs[i];
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{run.Place.PadRight(place)} {string.Join(' ', _study.Space.Select(one => RunPlaces.Shown(run.Configuration, one).PadLeft(12)))} {values[i],14} {run.State ?? "",-12} {(run.Duration > TimeSpan.Zero ? Duration.Show(run.Duration) : ""),12}  {Fate(run)}"));
        }

        Tell();
        Terminal.Say($"would take {Taken()}");
    }

    /// <summary>Takes the runs into the study.</summary>
    /// <param name="source">Where they come from.</param>
    internal void Carry(string source)
    {
        var taken = _runs.Where(run => run.LeftOut is null).OrderBy(run => _study.Space.IsLine ? run.Configuration!.Lambda : 0).ToList();
        var first = taken.Find(run => run.Outputs is not null)!;
        if (first.Outputs!.Rows is > 1 and < FewRows)
        {
            Terminal.Warn($"{first.Outputs.Rows} rows at each {(_study.Space.IsLine ? "λ" : "configuration")} are few: at least {FewRows} let the surrogate tell how outputs are distributed; a value alone is judged as a point of a curve");
        }

        if ((_study.OutputColumns ?? first.Columns) is { } names)
        {
            Directory.CreateDirectory(_study.Folder);
            StudySession.StoreColumns(_study.Folder, names);
        }

        StudySession.Import(
            _study,
            taken,
            source);
        Tell();
        Terminal.Say($"{_study.Folder}: {Taken()}");
    }

    private string Taken()
    {
        var taken = _runs.Where(run => run is { LeftOut: null, Outputs: not null }).ToList();
        var failed = _runs.Count(run => run is { LeftOut: null, Outputs: null });
        var range = _study.Space.IsLine ? $", {Placeholders.Number(taken.Min(run => run.Configuration!.Lambda))} to {Placeholders.Number(taken.Max(run => run.Configuration!.Lambda))}" : "";
        return $"{Amount.Trainings(taken.Count)}{range}"
            + (failed > 0 ? $", and {failed} that failed: no finite value" : "");
    }

    private void Tell()
    {
        foreach (var group in _runs.Where(run => run.LeftOut is not null).GroupBy(run => run.LeftOut!))
        {
            Terminal.Warn($"left out: {Counted(group.Count(), group.Key)}");
        }
    }

    private static string Counted(int count, string what) => $"{count} run{(count == 1 ? "" : "s")} {what}";

    private static string Fate(EarlierTraining run) => run switch
    {
        { LeftOut: { } why } => $"left out: {why}",
        { Outputs: null } => "a training that failed",
        _ => "a training",
    };

    // A value alone is what the table says; of files it is what the objective makes of them, where no program has to be run for it.
    private string[] Values() =>
    [
        .. _runs.Select(run => run.Outputs switch
        {
            null => "",
            { Rows: 1, Columns: 1 } one => one.Exact(0, 0).ToString("R", CultureInfo.InvariantCulture),
            var many => TrialValues.Of(_study, many, run.Columns, run.Configuration!.Lambda)?.ToString("G7", CultureInfo.InvariantCulture) ?? $"{many.Rows} × {many.Columns}",
        }),
    ];
}
