using HtiTune;
using HtiTune.Data;

/// <summary>The task from top to bottom: network, hyperparameter, preferences, the three comparisons, and what Riccati's equation says of it all.</summary>
internal static class RegulatorTask
{
    private const int Version = 1; // raise it when the network would be trained otherwise

    /// <summary>Runs the task.</summary>
    /// <param name="command">The options.</param>
    /// <param name="output">Where to print.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static Report Run(TaskCommandLine command, TextWriter output, CancellationToken cancellation = default)
    {
        // The network, and its trainings remembered.
        var options = command.Quick ? RegulatorOptions.Quick : new RegulatorOptions();
        using var network = new TrainingCache("regulator", Version, options.ToString(), new RegulatorNetwork(options), keep: !command.Quick && !command.NoCache);

        // The hyperparameter, and what every trained regulator is asked: the roots of the two costs of an episode from each start.
        var weight = Hyperparameter.Continuous("control weight", 0.01, 100, Scale.Log);
        var starts = PushedMass.Starts(command.Quick ? 64 : 256, seed: 2026);

        // Four preferences about the same costs. With a price ρ of control the best weight is known: λ = ρ.
        var task = new TunedTask
        {
            Name = "regulator",
            Hyperparameter = weight,
            Contexts = starts,
            Network = network,
            Preferences =
            [
                Priced(starts, 3), Priced(starts, 12), Priced(starts, 0.3),
                new("state, control at most 1.5 a start", model => Mean(model, starts, 0) + 10 * Math.Max(0, Mean(model, starts, 1) - 1.5)),
            ],
            Options = new TunerOptions { MaxTrainings = command.Quick ? 6 : 12 },
        };

        output.WriteLine($"a pushed mass, {starts.Count} starts; a regulator is trained by {options.Steps} steps of Adam");
        var report = Report.Make(task, command, size: null, output, cancellation);
        new RiccatiCheck(task, command.Seed).Print(output, report, cancellation);
        return report;
    }

    private static NamedObjective Priced(Contexts starts, double price) =>
        new($"state + {price} control", model => Mean(model, starts, 0) + price * Mean(model, starts, 1));

    // The outputs are roots of the costs.
    private static double Mean(IConditionalModel model, Contexts starts, int column)
    {
        var costs = model.Sample(starts).Outputs;
        return Enumerable.Range(0, costs.Rows).Average(i => (double)costs[i, column] * costs[i, column]);
    }
}
