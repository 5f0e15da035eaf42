using HtiTune;
using HtiTune.Data;

/// <summary>The task in the frame that all examples share: fidelity, race and changes of preference, over several seeds.</summary>
internal static class QuantileTask
{
    private const int Version = 1; // raise it when the network would be trained otherwise
    private const int FullSeeds = 3; // seeds of the race where the command names no number
    private const int FullSweep = 17; // λ of the dense sweep
    private const int QuickSweep = 5;

    /// <summary>The text of --tables --help.</summary>
    public const string Help = """
        Which quantile should a load forecast aim at? Measures the surrogate at quantiles never trained, races a Gaussian process without surrogate
        and random search, and answers four preferences. Trainings are kept in the user's cache folder.

          dotnet run examples/target-quantile/TargetQuantile.cs -- --tables [OPTIONS]
        """;

    /// <summary>Quantiles move evenly on the bell curve's scale.</summary>
    public static ContinuousHyperparameter Quantile { get; } = Hyperparameter.Continuous("quantile", 0.01, 0.99, Scale.NormalQuantile);

    /// <summary>The generated series.</summary>
    public static LoadSeries Series() => LoadSeries.Generate(hours: 26_280, seed: 2024);

    /// <summary>Runs the task.</summary>
    /// <param name="command">The options.</param>
    /// <param name="output">Where to print.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static Report Run(TaskCommandLine command, TextWriter output, CancellationToken cancellation = default)
    {
        var series = Series();
        var options = command.Quick ? ForecasterOptions.Quick : new ForecasterOptions();
        using var network = new TrainingCache(
            "target-quantile", Version, options.ToString(), new QuantileForecaster(series, options), keep: !command.Quick && !command.NoCache);
        var contexts = new Contexts(series.HeldOut.Past);
        var cost = new ForecastCost(series.HeldOut.Ahead);
        NamedObjective Priced(double under, double over) =>
            new($"cost {under} : {over}", model => cost.Mean(model.Sample(contexts).Outputs, under, over));

        var task = new TunedTask
        {
            Name = "target-quantile",
            Hyperparameter = Quantile,
            Contexts = contexts,
            Network = network,
            Preferences =
            [
                Priced(4, 1),
                new("cost 9 : 1 and the worst tenth of hours", model => cost.MeanAndWorst(model.Sample(contexts).Outputs, under: 9, over: 1, penalty: 0.25)),
                Priced(1, 1), Priced(1, 3),
            ],
            Options = new TunerOptions { MaxTrainings = command.Quick ? 5 : 12 },
        };

        output.WriteLine($"{series.Name}: {series.Hours:N0} hours, {series.Training.Count:N0} windows to train on, {contexts.Count:N0} held out");
        return Report.Make(
            task, command with { Seeds = command.Seeds ?? (command.Quick ? 1 : FullSeeds) },
            (command.Quick ? Report.Size.Quick : Report.Size.Full) with { Sweep = command.Quick ? QuickSweep : FullSweep },
            output, cancellation);
    }
}
