using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Tests.Examples;

/// <summary>The β-VAE: its images, its rate, its scores, and the whole task in short.</summary>
[Collection(Alone.Name)]
public class BetaVaeTests
{
    private const long Seed = 3;
    private static readonly ContinuousHyperparameter Beta = Hyperparameter.Continuous("β", 0.03, 3, Scale.Log);
    private static readonly Contexts Images = ShapeImages.Draw(60, new RandomStreams(7).Stream("held out"));

    [Theory]
    [InlineData(-1)]
    [InlineData(0.3)]
    public void Shapes_have_their_area_and_their_place(double scale)
    {
        var half = 3.5 + scale;
        double[] areas = [Math.Pow(2 * 0.9 * half, 2), Math.PI * half * half, 0.5 * Math.Pow(1.75 * half, 2)];
        var images = ShapeImages.Render(Ask(0.2, -0.4, scale));
        for (var shape = 0; shape < ShapeImages.Shapes; shape++)
        {
            var grey = images.Row(shape).ToArray();
            Assert.All(grey, value => Assert.InRange(value, 0, 1));
            Assert.Equal(areas[shape], grey.Sum(), 0.1 * areas[shape]); // corners are a little rounded
            Assert.Equal(8 + 3 * 0.2, Centroid(grey, pixel => pixel % 16), 0.1);
            if (shape < 2)
            {
                Assert.Equal(8 - 3 * 0.4, Centroid(grey, pixel => pixel / 16), 0.1); // a triangle's centroid is not its middle
            }
        }

        static double Centroid(float[] grey, Func<int, int> of) => grey.Select((value, pixel) => value * (of(pixel) + 0.5)).Sum() / grey.Sum();
        static Contexts Ask(double x, double y, double scale) =>
            new(Matrix.From(new[,] { { x, y, scale }, { x, y, scale }, { x, y, scale } }), [0, 1, 2], 3);
    }

    [Fact]
    public void Rate_is_the_divergence_of_normal_distributions()
    {
        using var scope = NewDisposeScope();
        // Kullback–Leibler divergence to N(0, 1) of N(1, 1), N(0, 4), and N(0, 1), by hand.
        var rate = Autoencoder.Rate(tensor(new[] { 1f, 0, 0 }).view(3, 1), tensor(new[] { 0f, MathF.Log(4), 0 }).view(3, 1));
        Assert.Equal([0.5f, 1.5f - MathF.Log(2), 0f], rate.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);

        // And that of N(0.7, e^0.5), by Monte Carlo: the mean of log q − log p over draws of q.
        using var chance = new Generator(Seed);
        var (mean, logVariance) = (tensor(0.7f), tensor(0.5f));
        var z = Autoencoder.Draw(mean, logVariance, randn(400_000, generator: chance));
        var drawn = ((z * z - (z - mean) * (z - mean) / logVariance.exp() - logVariance) / 2).mean().ToDouble();
        Assert.Equal(drawn, Autoencoder.Rate(mean.view(1, 1), logVariance.view(1, 1)).ToDouble(), 0.01);
    }

    [Fact]
    public void Separation_is_high_where_each_factor_has_its_latent()
    {
        var scores = new LatentScores(4);
        var factors = ShapeImages.Draw(900, new RandomStreams(11).Stream("factors"));
        double Of(Func<float, float, float, int, float[]> latents) => scores.Separation(new Samples(
            Matrix.Create(900, 6, (i, row) => latents(factors.Conditions[i, 0], factors.Conditions[i, 1], factors.Conditions[i, 2], factors.Categories[i]).CopyTo(row)),
            factors));

        // Latents that are the factors: each share is var / (var + 0.05), and var is 3 (factors are stretched by 3) or ⅔.
        var own = Of((x, y, scale, shape) => [3 * x, 3 * y, 3 * scale, shape, 0, 0]);
        Assert.Equal((3 * (3 / 3.05) + 2 / 3.0 / (2 / 3.0 + 0.05)) / 4, own, 0.02);

        // Two factors turned by 45° into two latents share them evenly: only the other two count.
        Assert.Equal(own / 2, Of((x, y, scale, shape) => [3 * (x + y), 3 * (x - y), 3 * scale, shape, 0, 0]), 0.03);

        // A latent that is hardly used shares nothing, however well it correlates.
        Assert.Equal(0, Of((x, _, _, _) => [0.01f * x, 0, 0, 0, 0, 0]), 0.01);
    }

    [Fact]
    public void Rate_and_error_are_told_from_the_answers()
    {
        var scores = new LatentScores(4);
        var answers = new Samples(Matrix.From(new double[,] { { 9, 9, 9, 9, 0.5, 2 }, { 9, 9, 9, 9, 1.5, 4 } }), Contexts.None(2));
        Assert.Equal(4, scores.Rate(answers), 6); // four latents of 1 nat
        Assert.Equal(10, scores.Error(answers), 6); // of 2² and 4²
    }

    [Fact]
    public void One_seed_is_one_network_also_from_its_file_and_beta_trades_rate_for_error()
    {
        using var folder = new TemporaryFolder();
        using var vae = new ShapeVae(Beta, VaeOptions.Quick);
        using var first = Train(0.1);
        using var second = Train(0.1);
        using var sparing = Train(3);
        vae.Save(first, folder.File("w.npy"));
        using var read = vae.Load(folder.File("w.npy"), 0.1);
        var answer = first.Answer(Images, 5);
        Assert.Equal(vae.Columns, answer.Columns);
        Assert.True(answer.SameAs(second.Answer(Images, 5)));
        Assert.True(answer.SameAs(read.Answer(Images, 5)));

        var scores = new LatentScores(VaeOptions.Quick.Latents);
        var (dear, cheap) = (new Samples(answer, Images), new Samples(sparing.Answer(Images, 5), Images));
        Assert.True(scores.Rate(cheap) < 0.5 * scores.Rate(dear));
        Assert.True(scores.Error(cheap) > 1.5 * scores.Error(dear));

        ITrainedNetwork Train(double beta) => vae.Train(new TrainingRequest(beta, Seed), CancellationToken.None);
    }

    [Fact]
    public void Leaves_no_tensors_and_no_setting_behind()
    {
        using var vae = new ShapeVae(Beta, VaeOptions.Quick with { TrainingSteps = 3 });
        QuickRun.LeavesNothingBehind(vae, 0.5, Images);
    }

    [Fact]
    public void Whole_task_in_short()
    {
        using var folder = new TemporaryFolder();
        using var printed = new StringWriter();
        var report = VaeTask.Run(TaskCommandLine.Parse(["--quick", "--out", folder.File("figures")]), printed);
        QuickRun.Check(report, printed.ToString(), folder.File("figures"), 0.03, 3);
        Assert.True(report.Fidelity.Median(Method.Hti) < report.Fidelity.Median(Method.Linear));
    }
}
