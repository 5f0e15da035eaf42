using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using HtiTune.Data;

namespace HtiTune.Cli;

/// <summary><c>htitune import</c>: trainings that were made before begin a study.</summary>
internal static class ImportCommand
{
    // Below this, the distribution of the outputs says little; the surrogate couples rows one by one.
    private const int FewRows = 30;

    internal static Command Create()
    {
        var source = new Argument<string>("source") { Description = "A folder of outputs' files with λ in their names, or a CSV of runs.", HelpName = "SOURCE" };
        var study = new Option<string?>("--study") { Description = "The study file, or a folder with one. Default: as for the other verbs.", HelpName = "STUDY" };
        var lambda = new Option<string?>("--lambda-column") { Description = "Column of a CSV that holds λ. Default: params_NAME, config.NAME or NAME.", HelpName = "NAME" };
        var value = new Option<string?>("--value-column") { Description = "Column of a CSV that holds the value. Default: value; a W&B CSV has none.", HelpName = "NAME" };
        var command = new Command(
            "import",
            "Begin a study with trainings that were made before. They cost nothing of the budget. The study must not have begun.\n\n"
            + "A folder: files like lambda=0.5.npy or run-1e-3.npz, one row of outputs for each context; the last number in a name is λ.\n"
            + "A CSV of runs, as Optuna or W&B export them: one value for each run, for a study with { \"draws\": 1 }.\n\n"
            + "Examples:\n  htitune import runs/\n  htitune import optuna.csv\n  htitune import wandb.csv --lambda-column lr --value-column val_loss")
        {
            source, study, lambda, value,
        };
        command.Do(result =>
        {
            var specification = StudyLocator.Read(result.GetValue(study));
            if (StudyJournal.Exists(specification.Folder))
            {
                throw new CliException("H013", $"{specification.Folder} holds a study that has begun; expected one without trainings.", "give the study another \"folder\"");
            }

            var place = Path.GetFullPath(result.GetRequiredValue(source));
            var runs = Directory.Exists(place)
                ? OfFolder(place, specification)
                : OfTable(place, specification, result.GetValue(lambda), result.GetValue(value));
            return Begin(specification, runs);
        });
        return command;
    }

    private static List<ImportedRun> OfFolder(string folder, StudySpecification study)
    {
        var runs = new List<ImportedRun>();
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => Path.GetExtension(file) is ".npy" or ".npz" or ".safetensors" or ".csv").Order(StringComparer.Ordinal))
        {
            // An 'e' counts only between digits; a '-' only where no letter or digit stands before it.
            var number = Regex.Matches(Path.GetFileNameWithoutExtension(file), @"(?<![A-Za-z0-9.])?(?:(?<![A-Za-z0-9])-)?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", RegexOptions.None, TimeSpan.FromSeconds(1)).LastOrDefault();
            if (number is null || !double.TryParse(number.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var lambda))
            {
                throw new CliException("H003", $"{file}: its name holds no number; expected λ in it, e.g. lambda=0.5.npy.");
            }

            var (outputs, columns) = ArrayFile.Read(file, study.OutputArray);
            runs.Add(new ImportedRun(lambda, outputs, columns, file));
        }

        return runs;
    }

    private static List<ImportedRun> OfTable(string file, StudySpecification study, string? lambda, string? value)
    {
        var name = study.Hyperparameter.Name;
        if (!File.Exists(file))
        {
            throw new CliException("H003", $"there is neither a folder nor a file {file}; expected a folder of outputs or a CSV of runs.");
        }

        DataFormatException? missing = null;
        foreach (var candidate in (string[])(lambda is not null ? [lambda] : [$"params_{name}", $"config.{name}", name]))
        {
            try
            {
                var table = CsvFile.Read(file, [candidate, value ?? "value"]).Matrix;
                return [.. Enumerable.Range(0, table.Rows).Select(i => new ImportedRun(table[i, 0], Matrix.Create(1, 1, (_, row) => row[0] = table[i, 1]), [value ?? "value"], $"{file}, run {i + 1}"))];
            }
            catch (DataFormatException problem) when (problem.Position == "line 1" && lambda is null)
            {
                missing = problem;
            }
        }

        throw new CliException("H003", missing!.Message, "name the columns with --lambda-column and --value-column");
    }

    private static int Begin(StudySpecification study, List<ImportedRun> runs)
    {
        var hyperparameter = study.Hyperparameter;
        var kept = runs.Where(run => hyperparameter.Contains(run.Lambda)).OrderBy(run => run.Lambda).ToList();
        if (kept.Count < runs.Count)
        {
            Terminal.Warn($"{runs.Count - kept.Count} runs lie outside {hyperparameter} and are left out");
        }

        var distinct = kept.DistinctBy(run => run.Lambda).ToList();
        if (distinct.Count < kept.Count)
        {
            Terminal.Warn($"{kept.Count - distinct.Count} runs repeat a λ; the first of each is taken");
        }

        if (distinct.Count == 0)
        {
            throw new CliException("H003", $"there is no run within {hyperparameter}; expected at least one.");
        }

        var rows = distinct[0].Outputs.Rows;
        if (distinct.Find(run => run.Outputs.Rows != rows || run.Outputs.Columns != distinct[0].Outputs.Columns) is { } other)
        {
            throw new CliException("H003", $"{other.Place} has the shape ({other.Outputs.Rows}, {other.Outputs.Columns}); expected ({rows}, {distinct[0].Outputs.Columns}), as {distinct[0].Place}.");
        }

        if (rows < FewRows)
        {
            Terminal.Warn($"{rows} rows at each λ are few: at least {FewRows} let the surrogate tell how outputs are distributed; a value alone is judged as a point of a curve");
        }

        var contexts = study.Contexts;
        if (study.OutputColumns is null && distinct[0].Columns is { } names)
        {
            Directory.CreateDirectory(study.Folder);
            AtomicFile.Write(Path.Combine(study.Folder, StudyPaths.ColumnsName), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', names) + "\n")));
        }

        StudySession.Import(study, contexts.IsOpen ? Contexts.None(rows) : null, set => [.. distinct.Select(run => new Anchor(run.Lambda, new Samples(run.Outputs, Required(set, run))))]);
        Terminal.Say($"{study.Folder}: {distinct.Count} trainings, {Placeholders.Number(distinct[0].Lambda)} to {Placeholders.Number(distinct[^1].Lambda)}");
        Terminal.Next(Advice.Tune, new AdvicePlace { Study = study });
        return ExitCode.Done;

        Contexts Required(Contexts set, ImportedRun run) => set.Count == run.Outputs.Rows
            ? set
            : throw new CliException("H003", $"{run.Place} has {run.Outputs.Rows} rows; expected {set.Count}, one for each context.");
    }
}

/// <summary>A training that was made before.</summary>
/// <param name="Lambda">λ, in its own units.</param>
/// <param name="Outputs">Its outputs [n, D].</param>
/// <param name="Columns">The columns' names; null where there are none.</param>
/// <param name="Place">Where it stands, for messages.</param>
internal sealed record ImportedRun(double Lambda, Matrix Outputs, IReadOnlyList<string>? Columns, string Place);
