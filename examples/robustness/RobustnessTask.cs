using HtiTune;
using HtiTune.Data;

/// <summary>The task from top to bottom: data, network, hyperparameter, preferences, and the three comparisons.</summary>
internal static class RobustnessTask
{
    private const int Version = 1; // raise it when the network would be trained otherwise

    /// <summary>Runs the task.</summary>
    /// <param name="command">The options.</param>
    /// <param name="output">Where to print.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static Report Run(TaskCommandLine command, TextWriter output, CancellationToken cancellation = default)
    {
        // Data: training points, and test points with their shifted copies.
        var chance = new RandomStreams(2026).Fork("wavy border");
        var options = command.Quick ? ClassifierOptions.Quick : new ClassifierOptions();
        var training = WavyBorder.Draw(options.Points, chance.Stream("training"));
        var test = new AttackedPoints(WavyBorder.Draw(command.Quick ? 80 : 400, chance.Stream("test")), radii: [0.05, 0.1, 0.2]);

        // The network, its trainings remembered, and the hyperparameter: the radius of the attacks that it is trained against.
        using var network = new TrainingCache(
            "robustness", Version, options.ToString(), new RobustClassifier(training, options), keep: !command.Quick && !command.NoCache);
        var radius = Hyperparameter.Continuous("training radius", 0, 0.25);

        // Four beliefs about the attacks to come.
        NamedObjective Attacked(double share, double by) =>
            new($"{100 * share:0} % of points attacked by {by}", model => test.Loss(model, share, by));
        var task = new TunedTask
        {
            Name = "robustness",
            Hyperparameter = radius,
            Contexts = test.Contexts,
            Network = network,
            Preferences = [Attacked(0.5, 0.1), Attacked(0.5, 0.05), Attacked(0.2, 0.1), Attacked(0.5, 0.2)],
            Options = new TunerOptions { MaxTrainings = command.Quick ? 5 : 12 },
        };

        output.WriteLine($"two classes with a wavy border, {options.Points} points to train on; {test.Contexts.Count:N0} test points with their shifted copies");
        return Report.Make(task, command, command.Quick ? null : new Report.Size(Anchors: 5, HeldOut: 8, Sweep: 17), output, cancellation);
    }
}
