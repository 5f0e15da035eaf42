using System.Globalization;
using HtiTune;
using HtiTune.Data;
using HtiTune.Plotting;

/// <summary>How one preference over a search space was answered.</summary>
/// <param name="Preference">Its name.</param>
/// <param name="Way">Who answered it.</param>
/// <param name="Trainings">New trainings.</param>
/// <param name="Value">The real value of the best configuration that was trained by then.</param>
/// <param name="Configuration">That configuration.</param>
/// <param name="Outcome">What was said of it, in a word.</param>
internal sealed record SpaceRun(string Preference, string Way, int Trainings, double Value, Configuration Configuration, string Outcome);

/// <summary>
/// A network of several hyperparameters, tuned for a first preference and for three that it changes to: by outputs that answer for configurations never trained, and beside it
/// by a Gaussian process over the values alone, which recomputes them from the outputs it has.
/// </summary>
internal sealed record SpaceTask
{
    /// <summary>Way of the tuner.</summary>
    public const string Outputs = "HtiTune";

    /// <summary>Way of the Gaussian process over values.</summary>
    public const string Values = "plain Gaussian process";

    /// <summary>Its name, also that of its figures' folder.</summary>
    public required string Name { get; init; }

    /// <summary>The hyperparameters.</summary>
    public required SearchSpace Space { get; init; }

    /// <summary>What every trained network is asked.</summary>
    public required Contexts Contexts { get; init; }

    /// <summary>The network.</summary>
    public required INetwork Network { get; init; }

    /// <summary>The first preference, then those that it changes to; less is better.</summary>
    public required IReadOnlyList<NamedObjective> Preferences { get; init; }

    /// <summary>Most trainings for the first preference.</summary>
    public int Trainings { get; init; } = 16;

    /// <summary>Most new trainings for each change.</summary>
    public int MoreTrainings { get; init; } = 4;

    /// <summary>Runs both ways, prints a table, and draws figures of the first study.</summary>
    /// <param name="command">The seed and the figures' folder.</param>
    /// <param name="to">Where to print.</param>
    /// <param name="cancellation">Ends a training early.</param>
    public IReadOnlyList<SpaceRun> Run(TaskCommandLine command, TextWriter to, CancellationToken cancellation)
    {
        var folder = command.Out ?? Path.Combine("artifacts", Name);
        var runs = new List<SpaceRun>();
        foreach (var way in (string[])[Outputs, Values])
        {
            using var tuner = new Tuner(Network, Space, Contexts, new TunerOptions { Seed = command.Seed, MaxTrainings = Trainings, UseSurrogate = way == Outputs });
            foreach (var preference in Preferences)
            {
                var isFirst = ReferenceEquals(preference, Preferences[0]);
                var study = tuner.Optimize(preference.Value, isFirst ? null : 0, cancellation: cancellation);
                var trainings = study.TrainingsUsed;
                if (!isFirst && study.Outcome is NeedsTraining)
                {
                    study = tuner.Optimize(preference.Value, MoreTrainings, cancellation: cancellation);
                    trainings += study.TrainingsUsed;
                }

                cancellation.ThrowIfCancellationRequested();
                var best = study.BestTrial!;
                runs.Add(new SpaceRun(preference.Name, way, trainings, best.Value!.Value, best.Configuration, study.Outcome is Certified ? "yes" : study.Outcome is NeedsTraining ? "asks" : "no"));
                Print(to, runs[^1], runs.Count == 1);
                if (isFirst && way == Outputs)
                {
                    Directory.CreateDirectory(folder);
                    var options = new FigureOptions { ValueLabel = preference.Name };
                    StudyFigures.Slices(study, Path.Combine(folder, "slices.png"), options);
                    StudyFigures.Contours(study, Path.Combine(folder, "contours.png"), options);
                    StudyFigures.Parallel(study, Path.Combine(folder, "parallel.png"), options);
                }
            }
        }

        int Total(string way) => runs.Where(run => run.Way == way).Sum(run => run.Trainings);
        to.WriteLine($"\n{Preferences.Count} preferences: {Total(Outputs)} trainings by the outputs, {Total(Values)} by the values alone; figures in {Path.GetFullPath(folder)}");
        return runs;
    }

    private static void Print(TextWriter to, SpaceRun run, bool isFirst)
    {
        const string Columns = "{0,-24}{1,-42}{2,14}{3,12}{4,11}   {5}";
        if (isFirst)
        {
            to.WriteLine(string.Format(CultureInfo.InvariantCulture, Columns, "", "preference, in this order", "new trainings", "best value", "certified", "best trained configuration"));
        }

        to.WriteLine(string.Format(CultureInfo.InvariantCulture, Columns, run.Way, run.Preference, run.Trainings, run.Value.ToString("G5", CultureInfo.InvariantCulture), run.Outcome, run.Configuration.ToText(3)));
    }
}
