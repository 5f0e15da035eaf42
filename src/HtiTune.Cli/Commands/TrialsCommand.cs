using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using HtiTune.Journal;

namespace HtiTune.Cli;

/// <summary><c>htitune trials</c>: the trainings of a study, read beside whatever works on it.</summary>
internal static partial class TrialsCommand
{
    // Characters of a failure in a table.
    private const int LongestError = 100;

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
            var best = StudyBest.Of(specification, StudyJournal.Read(specification.Folder), of, rows);
            rows.AddRange(Waiting(specification, rows));
            if (result.GetValue(json))
            {
                TrialRecord.Write(specification.File, of, rows.Select(row => new TrialRecord
                {
                    Number = row.Number == 0 ? null : row.Number,
                    Configuration = row.Configuration,
                    State = row.State,
                    Value = row.Value,
                    Seconds = row.Duration?.TotalSeconds,
                    Reason = row.Reason,
                    Error = row.Error,
                    Log = row.Log,
                    IsBest = row.Number == best?.Number,
                }));
                return ExitCode.Done;
            }

            Terminal.Say($"values are of {of}{(best?.Number is null ? "" : best.End is null ? "; * is the best of them" : "; * is recommended")}");
            var (heads, cells) = Places(specification.Space, rows);
            Console.Out.WriteLine($"{"#",4}  {heads} {"state",-10} {"value",14} {"time",12}  reason");
            foreach (var (row, place) in rows.Zip(cells))
            {
                Console.Out.WriteLine($"{(row.Number == 0 ? "" : row.Number.ToString(CultureInfo.InvariantCulture)),4}{(row.Number == best?.Number && row.Number > 0 ? '*' : ' ')} {place} {row.State,-10} {row.Value?.ToString("G7", CultureInfo.InvariantCulture) ?? "",14} {(row.Duration is { } time ? Duration.Show(time) : ""),12}  {row.Reason}{(row.Error is { } error ? $"; {Shortened(error)}" : "")}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The trainings of a study, in order; those under way too.</summary>
    /// <param name="study">The study.</param>
    /// <param name="objective">The objective of the values; null: the study's own.</param>
    internal static List<TrialRow> Rows(StudySpecification study, string? objective = null)
    {
        if (!StudyJournal.Exists(study.Folder))
        {
            throw new CliException("H002", $"{study.File} has no trainings yet.", Advice.Tune.For(study));
        }

        var journal = StudyJournal.Read(study.Folder);
        var text = objective ?? study.Objective;
        var values = TrialValues.Of(study, journal, text);
        var rows = new SortedDictionary<int, TrialRow>();
        var seeds = new Dictionary<int, string>();
        var faults = journal.Runs.Where(run => run.Began.Objective == text).SelectMany(run => run.Values.Values).Where(measured => measured.Error is not null)
            .GroupBy(measured => measured.Number).ToDictionary(group => group.Key, group => group.Last().Error);
        var isHeld = StudyJournal.IsHeld(study.Folder);
        foreach (var entry in journal.Events)
        {
            switch (entry)
            {
                case TrainingStarted e:
                    seeds[e.Number] = StudyPaths.Training(study.Folder, e.Number, e.Configuration, e.Seed);
                    var log = LogOf(seeds[e.Number]);
                    rows[e.Number] = new TrialRow(e.Number, e.Configuration, isHeld ? "running" : log is null ? "asked" : "interrupted", null, null, e.Reason, log);
                    break;
                case TrainingCompleted e:
                    rows[e.Number] = new TrialRow(e.Number, e.Configuration, "completed", values.TryGetValue(e.Number, out var value) ? value : null, Known(e.Duration), e.Reason, LogOf(seeds.GetValueOrDefault(e.Number)))
                    {
                        Error = values.ContainsKey(e.Number) ? null : faults.GetValueOrDefault(e.Number),
                    };
                    break;
                case TrainingFailed e:
                    rows[e.Number] = new TrialRow(e.Number, e.Configuration, "failed", null, Known(e.Duration), e.Reason, LogOf(seeds.GetValueOrDefault(e.Number))) { Error = e.Error };
                    break;
                case TrainingCancelled e:
                    rows[e.Number] = new TrialRow(e.Number, e.Configuration, "cancelled", null, e.Duration, e.Reason, LogOf(seeds.GetValueOrDefault(e.Number)));
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
    }

    // A column a hyperparameter; one that is not active has a dash.
    private static (string Heads, IReadOnlyList<string> Cells) Places(Data.SearchSpace space, List<TrialRow> rows)
    {
        string Cell(TrialRow row, string name) => !row.Configuration.TryGet(name, out var value) ? "-"
            : value.IsNumber ? value.Number.ToString("G6", CultureInfo.InvariantCulture) : value.Word;
        var widths = space.Select(one => rows.Select(row => Cell(row, one.Name).Length).Append(one.Name.Length).Append(space.Count == 1 ? 12 : 1).Max()).ToList();
        return (
            string.Join(' ', space.Select((one, i) => one.Name.PadLeft(widths[i]))),
            [.. rows.Select(row => string.Join(' ', space.Select((one, i) => Cell(row, one.Name).PadLeft(widths[i]))))]);
    }

    // The beginning of a failure's text, in a line, without the λ that the line has and the folders of files; all of it is in the JSON.
    private static string Shortened(string error)
    {
        var line = Folders().Replace(Place().Replace(string.Join(' ', error.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), "$1"), "");
        return line.Length <= LongestError ? line : line[..(LongestError - 1)].TrimEnd() + "…";
    }

    [GeneratedRegex(@"^(\[H\d+\] )?(?:λ = \S+|\S+ = \S+(?:, \S+ = \S+)*), attempt \d+: ")]
    private static partial Regex Place();

    [GeneratedRegex(@"(?<=^|[\s(])(?:[A-Za-z]:)?[/\\](?:[^\s/\\]+[/\\])+")]
    private static partial Regex Folders();

    // Of what was imported the time may not be known.
    private static TimeSpan? Known(TimeSpan time) => time > TimeSpan.Zero ? time : null;

    // What waits to be trained next; it has no number yet.
    private static List<TrialRow> Waiting(StudySpecification study, List<TrialRow> rows) =>
        [.. StudyJournal.Read(study.Folder).Waiting.Where(one => !rows.Exists(row => row.State is "running" or "asked" or "interrupted" && row.Configuration.Equals(one))).Select(one => new TrialRow(0, one, "enqueued", null, null, "enqueued", null))];

    private static string? LogOf(string? training) => training is not null && StudyPaths.Attempts(training) is { Count: > 0 } attempts
        ? Path.Combine(StudyPaths.Attempt(training, attempts[^1]), StudyPaths.LogName)
        : null;
}

/// <summary>A training as lists show it.</summary>
internal sealed record TrialRow(int Number, Data.Configuration Configuration, string State, double? Value, TimeSpan? Duration, string Reason, string? Log)
{
    /// <summary>Why it failed, or why the objective has no value of it; null where nothing did.</summary>
    internal string? Error { get; init; }
}
