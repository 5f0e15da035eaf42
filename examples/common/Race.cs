using HtiTune;
using HtiTune.Data;

/// <summary>One way's run with one seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Trainings">Trainings until it was certified, or as good; null where the budget did not suffice.</param>
/// <param name="Time">The time it took, with that of trainings from the cache.</param>
/// <param name="Lambda">What it recommends.</param>
/// <param name="Regret">The recommendation's real value over the best of the dense sweep, in parts of the gap.</param>
internal sealed record RaceRun(long Seed, int? Trainings, TimeSpan Time, double Lambda, double Regret);

/// <summary>
/// What the certified optimum costs: by HtiTune, by a Gaussian process without the surrogate, and by random λ until one is as good as HtiTune's
/// recommendation to within its ε. All have the same seeds and the same budget.
/// </summary>
/// <param name="Budget">Most trainings.</param>
/// <param name="Ways">Each way's name with its runs, one a seed.</param>
internal sealed record Race(int Budget, IReadOnlyList<(string Name, IReadOnlyList<RaceRun> Runs)> Ways)
{
    /// <summary>Runs the race for the task's first preference.</summary>
    /// <param name="task">The task; its options' MaxTrainings is the budget.</param>
    /// <param name="seeds">The seeds.</param>
    /// <param name="sweep">Number of λ of the dense sweep by which recommendations are judged.</param>
    /// <param name="told">Is told each run as it ends.</param>
    /// <param name="cancellation">Ends a training early.</param>
    public static Race Run(TunedTask task, IReadOnlyList<long> seeds, int sweep, Action<string> told, CancellationToken cancellation)
    {
        var objective = task.Preferences[0];
        var (surrogate, plain, random) = (new List<RaceRun>(), new List<RaceRun>(), new List<RaceRun>());
        foreach (var seed in seeds)
        {
            using var truth = new TrueCurve(task, sweep, seed, cancellation);
            var (run, study) = Tune(task, objective, seed, useSurrogate: true, truth, cancellation);
            surrogate.Add(run);
            plain.Add(Tune(task, objective, seed, useSurrogate: false, truth, cancellation).Run);
            random.Add(Random(task, objective, seed, study, truth, cancellation));
            told($"seed {seed}: HtiTune {Count(run)}, plain Gaussian process {Count(plain[^1])}, random {Count(random[^1])}");
        }

        return new Race(task.Options.MaxTrainings, [("HtiTune", surrogate), ("plain Gaussian process", plain), ("random search", random)]);
    }

    /// <summary>Median over the seeds; null where most runs needed more than the budget.</summary>
    /// <param name="way">Number of the way, from 0.</param>
    public double? MedianTrainings(int way)
    {
        var median = Fidelity.Median(Ways[way].Runs.Select(run => run.Trainings ?? double.PositiveInfinity));
        return double.IsFinite(median) ? median : null;
    }

    /// <summary>Prints the table.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="preference">The preference's name.</param>
    public void Print(TextWriter to, string preference)
    {
        const string Columns = "  {0,-24}{1,14}{2,10}{3,10}{4,12}{5,18}";
        to.WriteLine($"\nRace to the certified optimum: {preference}; medians over {Ways[0].Runs.Count} seeds, at most {Budget} trainings");
        to.WriteLine(Columns, "", "trainings", "minutes", "reached", "λ", "regret, % of gap");
        for (var way = 0; way < Ways.Count; way++)
        {
            var (name, runs) = Ways[way];
            to.WriteLine(
                Columns, name, MedianTrainings(way) is { } trainings ? $"{trainings:0.#}" : $"more than {Budget}",
                $"{Fidelity.Median(runs.Select(run => run.Time.TotalMinutes)):F2}", $"{runs.Count(run => run.Trainings is not null)} of {runs.Count}",
                $"{Fidelity.Median(runs.Select(run => run.Lambda)):G4}", $"{100 * Fidelity.Median(runs.Select(run => run.Regret)):F2}");
        }
    }

    private static string Count(RaceRun run) => run.Trainings is { } trainings ? $"{trainings} trainings" : "not within the budget";

    private static (RaceRun Run, TuningResult Study) Tune(
        TunedTask task, NamedObjective objective, long seed, bool useSurrogate, TrueCurve truth, CancellationToken cancellation)
    {
        TuningResult? study = null;
        using var tuner = new Tuner(task.Network, task.Hyperparameter, task.Contexts, task.OptionsOf(seed, useSurrogate));
        var time = task.Network.Time(() => study = tuner.Optimize(objective.Value, cancellation: cancellation));
        cancellation.ThrowIfCancellationRequested();
        int? trainings = study!.Outcome is Certified ? study.TrainingsUsed : null;
        return (new RaceRun(seed, trainings, time, study.Lambda, truth.Regret(objective, study.Lambda)), study);
    }

    // λ drawn evenly on the hyperparameter's scale.
    private static RaceRun Random(TunedTask task, NamedObjective objective, long seed, TuningResult study, TrueCurve truth, CancellationToken cancellation)
    {
        var sign = task.Options.Goal == Goal.Minimize ? 1 : -1;
        var enough = sign * truth.At(objective, study.Lambda) + study.Epsilon;
        var chance = new RandomStreams(seed).Stream("random search");
        var (best, at, count) = (double.PositiveInfinity, double.NaN, 0);
        var time = task.Network.Time(() =>
        {
            while (best > enough && count < task.Options.MaxTrainings)
            {
                var lambda = task.Hyperparameter.FromUnit(chance.NextDouble());
                using var network = task.Train(lambda, seed, cancellation);
                count++;
                if (sign * objective.Value(network) is var value && value < best)
                {
                    (best, at) = (value, lambda);
                }
            }
        });
        return new RaceRun(seed, best <= enough ? count : null, time, at, truth.Regret(objective, at));
    }
}
