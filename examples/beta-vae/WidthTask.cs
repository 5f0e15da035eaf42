using HtiTune;
using HtiTune.Data;

// w   price of a nat;  p  price of a latent
// objective = D + w R + p d, D the mean squared error of an image, R its mean rate in nats, d the number of latents

/// <summary>The β-VAE of three hyperparameters, and the preferences about it.</summary>
internal static class WidthTask
{
    private const string Beta = "beta", Rate = "rate", Latents = "latents";

    /// <summary>β, the learning rate, the number of latents.</summary>
    public static SearchSpace Space { get; } = new(
        Hyperparameter.Continuous(Beta, 0.03, 3, Scale.Log), Hyperparameter.Continuous(Rate, 5e-4, 5e-2, Scale.Log), Hyperparameter.Integer(Latents, 1, 6));

    /// <summary>Runs the task.</summary>
    /// <param name="command">The options.</param>
    /// <param name="output">Where to print.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static IReadOnlyList<SpaceRun> Run(TaskCommandLine command, TextWriter output, CancellationToken cancellation = default)
    {
        var options = command.Quick ? VaeOptions.Quick : new VaeOptions();
        var images = ShapeImages.Draw(command.Quick ? 90 : 300, new RandomStreams(options.DataSeed).Stream("held out"));
        NamedObjective Priced(double nat, double latent) => new(
            $"error + {nat} rate + {latent} for each latent",
            model =>
            {
                var outputs = model.Sample(images).Outputs;
                var squares = Enumerable.Range(0, outputs.Rows).Average(i => (double)outputs[i, 1] * outputs[i, 1]);
                return squares + nat * Enumerable.Range(0, outputs.Rows).Average(i => (double)outputs[i, 0]) + latent * model.Configuration[Latents].Number;
            });

        output.WriteLine($"{options.Images} images of {ShapeImages.Shapes} shapes; a β-VAE is trained by {options.TrainingSteps} steps of Adam and judged on {images.Count} other images");
        return new SpaceTask
        {
            Name = "beta-rate-width",
            Space = Space,
            Contexts = images,
            Network = new VaeOfWidth(options),
            Preferences = [Priced(0.3, 0), Priced(1, 0), Priced(0.1, 0), Priced(0.3, 1)],
            Trainings = command.Quick ? 6 : 20,
            MoreTrainings = command.Quick ? 1 : 4,
        }.Run(command, output, cancellation);
    }

    /// <summary>Trains a VAE of the configuration's size; of its answers those columns are kept that every size has: rate and root of the squared error.</summary>
    private sealed class VaeOfWidth(VaeOptions options) : INetwork
    {
        public ITrainedNetwork Train(TrainingRequest request, CancellationToken cancellation)
        {
            var at = request.Configuration;
            var latents = (int)at[Latents].Number;
            using var network = new ShapeVae((ContinuousHyperparameter)Space[0], options with { Latents = latents, LearningRate = at[Rate].Number });
            return new Trained(network.Train(new TrainingRequest(at[Beta].Number, request.Seed) { Progress = request.Progress }, cancellation), latents);
        }

        private sealed class Trained(ITrainedNetwork network, int latents) : ITrainedNetwork
        {
            public Matrix Answer(Contexts contexts, long seed)
            {
                var answers = network.Answer(contexts, seed);
                return Matrix.Create(answers.Rows, 2, (i, row) => (row[0], row[1]) = (latents * answers[i, latents], answers[i, latents + 1]));
            }

            public void Dispose() => network.Dispose();
        }
    }
}
