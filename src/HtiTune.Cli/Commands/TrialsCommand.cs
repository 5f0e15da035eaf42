using System.Text.RegularExpressions;

namespace HtiTune.Cli;

/// <summary><c>htitune trials</c>: the trainings of a study, read beside whatever works on it.</summary>
internal static partial class TrialsCommand
{
    // Characters of a failure in a table.
    private const int LongestError = 120;

    internal static Command Create()
    {
        var (study, json) = (CommonOptions.Study(), CommonOptions.Json("a list of them"));
        var objective = new Option<string?>("--objective") { Description = "Of which objective the values are. Default: the study's own.", HelpName = "OBJECTIVE" };
        var command = new Command(
            "trials",
            "List the trainings of a study, with what an objective makes of each. May be used while it is tuned.\n\n"
            + "Examples:\n  htitune trials\n  htitune trials --objective 'cvar(cost, 0.9)'\n  htitune trials --json number,lambda,value | jq '.[0]'")
        {
            study, objective, json,
        };
        var served = ServerOptions.AddTo(command);
        command.Do(result =>
        {
            using var server = served.Open(result);
            if (server is not null)
            {
                return ServerVerbs.Trials(server, result.GetValue(study), result.GetValue(json));
            }

            var specification = StudyLocator.Read(result.GetValue(study));
            var of = result.GetValue(objective) ?? specification.Objective;
            var rows = Rows(specification, of);
            var best = BestSoFar.Of(specification, StudyJournal.Read(specification.Folder), of, rows);
            rows.AddRange(Waiting(specification, rows));
            return Tell(specification.File, specification.Space, of, [.. rows.Select(row => row with { IsBest = row.Number is not null && row.Number == best?.Number })], best?.Kind, result.GetValue(json));
        });
        return command;
    }

    /// <summary>Lists trainings: of a study of this machine, or of a server's.</summary>
    /// <param name="study">The study's file or id.</param>
    /// <param name="space">What is tuned.</param>
    /// <param name="objective">Whose values they have.</param>
    /// <param name="rows">The trainings.</param>
    /// <param name="best">What the best of them is, as a result's <c>kind</c>; null: none is told.</param>
    /// <param name="json">Whether they are told as JSON.</param>
    internal static int Tell(string study, Data.SearchSpace space, string objective, IReadOnlyList<TrialRecord> rows, string? best, bool json)
    {
        if (json)
        {
            RecordWriter.Write(study, objective, rows);
            return ExitCode.Done;
        }

        Terminal.Say($"values are of {objective}{(!rows.Any(row => row.IsBest) ? "" : best == ResultRecord.Recommended ? "; * is recommended" : "; * is the best of them")}");
        var (heads, cells) = Places(space, rows);
        Console.Out.WriteLine($"{"#",4}  {heads} {"state",-10} {"value",14} {"time",12}  reason");
        foreach (var (row, place) in rows.Zip(cells))
        {
            var time = row.Seconds is { } seconds ? Duration.Show(TimeSpan.FromSeconds(seconds)) : "";
            var reason = row.Reason + (row.IsFeasible == false ? "; misses a constraint" : "") + (row.Error is { } error ? $"; {Shortened(error)}" : "");
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Number,4}{(row.IsBest ? '*' : ' ')} {place} {row.State,-10} {row.Value?.ToString("G7", CultureInfo.InvariantCulture) ?? "",14} {time,12}  {reason}"));
        }

        return ExitCode.Done;
    }

    /// <summary>The trainings of a study, in order; those under way too.</summary>
    /// <param name="study">The study.</param>
    /// <param name="objective">The objective of the values; null: the study's own.</param>
    internal static List<TrialRecord> Rows(StudySpecification study, string? objective = null)
    {
        study.RequireTrainings();

        var journal = StudyJournal.Read(study.Folder);
        var text = objective ?? study.Objective;
        var values = TrialValues.Of(study, journal, text);
        var (free, single) = (study.With(all => all with { Constraints = null }), study.With(all => all with { Constraints = null, Front = null }));
        List<(StudyConstraint Constraint, Dictionary<int, double> Values)> limits = [.. study.Constraints.Select(one => (one, TrialValues.Of(free, journal, one.Objective)))];
        List<(string Objective, Dictionary<int, double> Values)> others =
        [
            .. (study.Definition.IsFrontOf(text) ? study.Front : []).Select(metric => (metric.Objective, TrialValues.Of(single, journal, metric.Objective))),
            .. limits.Select(limit => (limit.Constraint.Objective, limit.Values)),
        ];
        var rows = new SortedDictionary<int, TrialRecord>();
        var folders = new Dictionary<int, string>();
        var faults = journal.Runs.Where(run => run.Began.Objective == study.RunName(text)).SelectMany(run => run.Values.Values).Where(measured => measured.Error is not null)
            .GroupBy(measured => measured.Number).ToDictionary(group => group.Key, group => group.Last().Error);
        var isHeld = StudyJournal.IsHeld(study.Folder);
        foreach (var entry in journal.Events)
        {
            switch (entry)
            {
                case TrainingProposed { IsStarted: true } e:
                    folders[e.Number] = StudyPaths.Training(study.Folder, e.Number, e.Configuration, e.Seed!.Value);
                    var log = LogOf(folders[e.Number]);
                    rows[e.Number] = Row(e, isHeld ? "running" : log is null ? "asked" : "interrupted", e.Reason);
                    break;
                case TrainingEnded { State: TrialState.Completed } e:
                    rows[e.Number] = Row(e, "completed", e.Reason, Known(e.Duration)) with
                    {
                        Value = values.TryGetValue(e.Number, out var value) ? value : null,
                        Values = others.Count == 0 ? null : Named(e.Number),
                        IsFeasible = limits.Count == 0 || !limits.TrueForAll(limit => limit.Values.ContainsKey(e.Number)) ? null
                            : limits.TrueForAll(limit => limit.Constraint.IsMet(limit.Values[e.Number])),
                        Error = values.ContainsKey(e.Number) ? null : faults.GetValueOrDefault(e.Number),
                    };
                    break;
                case TrainingEnded e:
                    rows[e.Number] = e.State == TrialState.Failed ? Row(e, "failed", e.Reason, Known(e.Duration)) with { Error = e.Error } : Row(e, "cancelled", e.Reason, e.Duration);
                    break;
                case TrainingsTakenBack e:
                    foreach (var number in e.Numbers)
                    {
                        rows.Remove(number);
                    }

                    break;
            }
        }

        return [.. rows.Values];

        // By objective; one that is weighed and bounded stands once.
        Dictionary<string, double> Named(int number)
        {
            var named = new Dictionary<string, double>();
            foreach (var (name, known) in others)
            {
                if (known.TryGetValue(number, out var one))
                {
                    named.TryAdd(name, one);
                }
            }

            return named;
        }

        TrialRecord Row(TrainingEvent e, string state, string reason, TimeSpan? duration = null) => new()
        {
            Number = e.Number,
            Configuration = e.Configuration,
            State = state,
            Value = null,
            Seconds = duration?.TotalSeconds,
            Reason = reason,
            Log = LogOf(folders.GetValueOrDefault(e.Number)),
        };
    }

    /// <summary>A hyperparameter's value as lists show it; one that is not active has a dash.</summary>
    private static string Cell(Data.Configuration configuration, string name) => !configuration.TryGet(name, out var value) ? "-"
        : value.IsNumber ? value.Number.ToString("G6", CultureInfo.InvariantCulture) : value.Word;

    // A column a hyperparameter.
    private static (string Heads, IReadOnlyList<string> Cells) Places(Data.SearchSpace space, IReadOnlyList<TrialRecord> rows)
    {
        var widths = space.Select(one => rows.Select(row => Cell(row.Configuration, one.Name).Length).Append(one.Name.Length).Append(space.Count == 1 ? 12 : 1).Max()).ToList();
        return (
            string.Join(' ', space.Select((one, i) => one.Name.PadLeft(widths[i]))),
            [.. rows.Select(row => string.Join(' ', space.Select((one, i) => Cell(row.Configuration, one.Name).PadLeft(widths[i]))))]);
    }

    // The beginning of a failure's text and the last that was printed, in a line, without the λ that the line has and the folders of files; all of it is in the JSON.
    internal static string Shortened(string error)
    {
        var (log, last) = (error.IndexOf(" The end of ", StringComparison.Ordinal), error.LastIndexOf("\n  | ", StringComparison.Ordinal));
        var brief = log > 0 && last > log ? $"{error[..log].Replace("; expected 0.", ":", StringComparison.Ordinal)} {error[(last + 5)..]}" : error;
        var line = Folders().Replace(Place().Replace(string.Join(' ', brief.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), "$1"), "");
        return line.Length <= LongestError ? line : line[..(LongestError - 1)].TrimEnd() + "…";
    }

    [GeneratedRegex(@"^(\[H\d+\] )?(?:λ = \S+|\S+ = \S+(?:, \S+ = \S+)*), attempt \d+: ")]
    private static partial Regex Place();

    [GeneratedRegex(@"(?<=^|[\s(])(?:[A-Za-z]:)?[/\\](?:[^\s/\\]+[/\\])+")]
    private static partial Regex Folders();

    // Of what was imported the time may not be known.
    private static TimeSpan? Known(TimeSpan time) => time > TimeSpan.Zero ? time : null;

    // What waits to be trained next; it has no number yet.
    private static List<TrialRecord> Waiting(StudySpecification study, List<TrialRecord> rows) =>
    [
        .. StudyJournal.Read(study.Folder).Waiting
            .Where(one => !rows.Exists(row => row.State is "running" or "asked" or "interrupted" && row.Configuration.Equals(one)))
            .Select(one => new TrialRecord { Number = null, Configuration = one, State = "enqueued", Value = null, Reason = "enqueued" }),
    ];

    private static string? LogOf(string? training) => training is not null && StudyPaths.Attempts(training) is { Count: > 0 } attempts
        ? Path.Combine(StudyPaths.Attempt(training, attempts[^1]), StudyPaths.LogName)
        : null;
}
