using HtiTune;
using HtiTune.Data;
using HtiTune.Plotting;
using HtiTune.Preferences;

/// <summary>The task from top to bottom: network, hyperparameter, preferences, the three comparisons.</summary>
internal static class DropoutTask
{
    private const int Version = 1; // raise it when the network would be trained otherwise
    private const int FullSeeds = 3; // seeds of the race where the command names no number
    private const int FullSweep = 17; // λ of the dense sweep

    /// <summary>Runs the task.</summary>
    /// <param name="command">The options.</param>
    /// <param name="output">Where to print.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static Report Run(TaskCommandLine command, TextWriter output, CancellationToken cancellation = default)
    {
        // The network, and its trainings remembered.
        var options = command.Quick ? DiffusionOptions.Quick : new DiffusionOptions();
        using var network = new TrainingCache(
            "generative-dropout", Version, options.ToString(), new MoonDiffusion(options), keep: !command.Quick && !command.NoCache);

        // The hyperparameter, and what every trained generator is asked: so many points of each moon.
        var dropout = Hyperparameter.Continuous("dropout", 0, 0.9);
        var asked = TwoMoons.Ask(command.Quick ? 80 : 300);

        // What a generator is judged by: points that it never saw. A weight says how much error a nat of variety is worth.
        var heldOut = new TwoMoons(command.Quick ? 100 : 500, options.Noise, new RandomStreams(options.DataSeed).Stream("held out"));
        var quality = new SampleQuality(heldOut);
        double Error(IConditionalModel model) => quality.Error(model.Sample(asked));
        double Variety(IConditionalModel model) => SampleQuality.Variety(model.Sample(asked));
        NamedObjective Weighted(double weight) => new($"error − {weight} variety", model => Error(model) - weight * Variety(model));

        var asVaried = quality.VarietyOfData();
        var task = new TunedTask
        {
            Name = "generative-dropout",
            Hyperparameter = dropout,
            Contexts = asked,
            Network = network,
            Preferences =
            [
                Weighted(0.1), Weighted(0.04), Weighted(0.2),
                new("error, as varied as the data", model => Error(model) + 0.5 * Math.Pow(Variety(model) - asVaried, 2)),
            ],
            Options = new TunerOptions { MaxTrainings = command.Quick ? 5 : 12 },
        };

        output.WriteLine(
            $"two moons, {options.PointsPerMoon} training points each; a diffusion model of {options.Steps} steps is trained by {options.TrainingSteps} "
            + $"steps of Adam and draws {asked.Count / TwoMoons.Moons} points of each; the data's own variety is {asVaried:F2} nats");
        return Report.Make(
            task, command with { Seeds = command.Seeds ?? (command.Quick ? 1 : FullSeeds) }, command.Quick ? null : Report.Size.Full with { Sweep = FullSweep },
            output, cancellation,
            (_, tuner, folder) =>
            {
                var model = tuner.Preferences(new Feature("error", Error), new Feature("variety, nats", Variety, Goal.Maximize));
                PreferenceFigures.Front(
                    model, model.Front(cancellation), Path.Combine(folder, "front.png"), new FigureOptions { Title = "What dropout can trade: error against variety" });
            });
    }
}
