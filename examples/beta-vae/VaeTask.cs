using HtiTune;
using HtiTune.Data;
using HtiTune.Plotting;
using HtiTune.Preferences;

/// <summary>The task from top to bottom: network, hyperparameter, preferences, the three comparisons.</summary>
internal static class VaeTask
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
        // The hyperparameter, and the network with its trainings remembered.
        var beta = Hyperparameter.Continuous("β", 0.03, 3, Scale.Log);
        var options = command.Quick ? VaeOptions.Quick : new VaeOptions();
        using var network = new TrainingCache(
            "beta-vae", Version, options.ToString(), new ShapeVae(beta, options), keep: !command.Quick && !command.NoCache);

        // What every trained network is asked: images that it never saw, told by their factors.
        var images = ShapeImages.Draw(command.Quick ? 90 : 300, new RandomStreams(options.DataSeed).Stream("held out"));

        // A price w of a nat. In theory β = w is best for error + w rate, if the network is trained to the end and sees all images.
        var scores = new LatentScores(options.Latents);
        double Rate(IConditionalModel model) => scores.Rate(model.Sample(images));
        double Error(IConditionalModel model) => scores.Error(model.Sample(images));
        double Separation(IConditionalModel model) => scores.Separation(model.Sample(images));
        NamedObjective Priced(double price) => new($"error + {price} rate", model => Error(model) + price * Rate(model));

        var task = new TunedTask
        {
            Name = "beta-vae",
            Hyperparameter = beta,
            Contexts = images,
            Network = network,
            Preferences =
            [
                Priced(0.3), Priced(1), Priced(0.1),
                new("error − 10 separation", model => Error(model) - 10 * Separation(model)),
            ],
            Options = new TunerOptions { MaxTrainings = command.Quick ? 5 : 12 },
        };

        output.WriteLine(
            $"{options.Images} images of {ShapeImages.Shapes} shapes; a β-VAE of {options.Latents} latents is trained by {options.TrainingSteps} steps of Adam "
            + $"and judged on {images.Count} other images");
        return Report.Make(
            task, command with { Seeds = command.Seeds ?? (command.Quick ? 1 : FullSeeds) }, command.Quick ? null : Report.Size.Full with { Sweep = FullSweep },
            output, cancellation,
            (_, tuner, folder) =>
            {
                var model = tuner.Preferences(new Feature("rate, nats an image", Rate), new Feature("squared error of an image", Error));
                PreferenceFigures.Front(
                    model, model.Front(cancellation), Path.Combine(folder, "front.png"), new FigureOptions { Title = "What β can trade: rate against distortion" });
            });
    }
}
