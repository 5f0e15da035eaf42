using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Tests.Examples;

/// <summary>The diffusion model under dropout: its data, its noise, its measures, and the whole task in short.</summary>
[Collection(Alone.Name)]
public class GenerativeDropoutTests
{
    private const long Seed = 3;
    private static readonly Contexts Asked = TwoMoons.Ask(60);

    [Fact]
    public void Moons_are_half_circles()
    {
        var moons = new TwoMoons(50, noise: 0, new RandomStreams(1).Stream("moons"));
        Assert.Equal(Enumerable.Repeat(0, 50).Concat(Enumerable.Repeat(1, 50)), moons.Labels);
        Assert.All(Enumerable.Range(0, 100), i =>
        {
            var (x, y) = i < 50 ? (moons.Points[i, 0], moons.Points[i, 1]) : (1 - moons.Points[i, 0], 0.5 - moons.Points[i, 1]);
            Assert.Equal(1, x * x + y * y, 5);
            Assert.True(y >= -1e-6);
        });
    }

    [Fact]
    public void Steps_back_end_at_the_point_when_the_noise_is_known()
    {
        var schedule = new NoiseSchedule(20);
        Assert.Equal(1, schedule.Kept(0));
        Assert.InRange(schedule.Kept(20), 0, 1e-4);
        using var scope = NewDisposeScope();
        using var chance = new Generator(Seed);
        var point = tensor(new[] { 0.4f, -1.2f }).view(1, 2);
        var x = randn(1, 2, generator: chance);
        for (var t = 20; t >= 1; t--)
        {
            var noise = (x - Math.Sqrt(schedule.Kept(t)) * point) / Math.Sqrt(1 - schedule.Kept(t));
            x = schedule.Back(t, x, noise, randn(1, 2, generator: chance));
        }

        Assert.Equal(point.data<float>().ToArray(), x.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Fact]
    public void Steps_back_give_a_normal_distribution_its_variance()
    {
        // Of x_0 ~ N(0, s²) the expected noise in x_t is √(1 − ᾱ) x_t / (ᾱ s² + 1 − ᾱ).
        const double Deviation = 0.5;
        var schedule = new NoiseSchedule(100);
        using var scope = NewDisposeScope();
        using var chance = new Generator(Seed);
        var x = randn(20_000, 2, generator: chance);
        for (var t = 100; t >= 1; t--)
        {
            var kept = schedule.Kept(t);
            x = schedule.Back(t, x, Math.Sqrt(1 - kept) / (kept * Deviation * Deviation + 1 - kept) * x, randn(20_000, 2, generator: chance));
        }

        Assert.Equal(Deviation, x.std().ToDouble(), 0.02);
        Assert.Equal(0, x.mean().ToDouble(), 0.02);
    }

    [Fact]
    public void Error_is_the_distance_to_the_nearest_point_of_the_same_moon()
    {
        var heldOut = new TwoMoons(200, noise: 0, new RandomStreams(2).Stream("moons"));
        var quality = new SampleQuality(heldOut);
        Assert.Equal(0, quality.Error(new Samples(heldOut.Points, TwoMoons.Ask(200))), 6);

        // The centres of the half circles are at distance 1 from all of their own points, however near the other moon is.
        var centres = Matrix.From(new double[,] { { 0, 0 }, { 1, 0.5 } });
        Assert.Equal(1, quality.Error(new Samples(centres, TwoMoons.Ask(1))), 5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.2)]
    public void Variety_is_the_entropy_in_nats(double side)
    {
        // Uniform on a square of side a: ln a².
        var chance = new RandomStreams(4).Stream("square");
        var draws = Matrix.Create(2000, 2, (_, row) => (row[0], row[1]) = ((float)(side * chance.NextDouble()), (float)(side * chance.NextDouble())));
        Assert.Equal(2 * Math.Log(side), SampleQuality.Variety(new Samples(draws, TwoMoons.Ask(1000))), 0.1);

        // Normal with deviation a: ln (2 π e a²).
        var normal = Matrix.Create(2000, 2, (_, row) => (row[0], row[1]) = ((float)(side * chance.NextNormal()), (float)(side * chance.NextNormal())));
        Assert.Equal(Math.Log(2 * Math.PI * Math.E * side * side), SampleQuality.Variety(new Samples(normal, TwoMoons.Ask(1000))), 0.1);
    }

    [Fact]
    public void One_seed_is_one_generator_also_from_its_file()
    {
        using var folder = new TemporaryFolder();
        using var diffusion = new MoonDiffusion(DiffusionOptions.Quick);
        using var first = Train(0.2);
        using var second = Train(0.2);
        using var other = Train(0.3);
        diffusion.Save(first, folder.File("w.npy"));
        using var read = diffusion.Load(folder.File("w.npy"), 0.2);
        var answer = first.Answer(Asked, 5);
        Assert.True(answer.SameAs(second.Answer(Asked, 5)));
        Assert.True(answer.SameAs(read.Answer(Asked, 5)));
        Assert.False(answer.SameAs(first.Answer(Asked, 6)));
        Assert.False(answer.SameAs(other.Answer(Asked, 5)));

        // It learned something: draws are nearer to the data than noise is.
        var quality = new SampleQuality(new TwoMoons(200, 0.08, new RandomStreams(9).Stream("held out")));
        var chance = new RandomStreams(10).Stream("noise");
        var noise = Matrix.Create(Asked.Count, 2, (_, row) => (row[0], row[1]) = ((float)chance.NextNormal(), (float)chance.NextNormal()));
        Assert.True(quality.Error(new Samples(answer, Asked)) < 0.4 * quality.Error(new Samples(noise, Asked)));

        ITrainedNetwork Train(double dropout) => diffusion.Train(new TrainingRequest(dropout, Seed), CancellationToken.None);
    }

    [Fact]
    public void A_draw_is_of_its_moon_and_starting_noise()
    {
        using var diffusion = new MoonDiffusion(DiffusionOptions.Quick with { TrainingSteps = 3 });
        using var trained = diffusion.Train(new TrainingRequest(0.2, Seed), CancellationToken.None);
        var moved = Matrix.Create(Asked.Count, 2, (i, row) => (row[0], row[1]) = (Asked.Conditions[i, 0] + (i == 7 ? 1 : 0), Asked.Conditions[i, 1]));
        var (answer, other) = (trained.Answer(Asked, 5), trained.Answer(new Contexts(moved, Asked.Categories.ToArray(), Asked.CategoryCount), 5));
        Assert.All(Enumerable.Range(0, Asked.Count), i => Assert.Equal(i != 7, answer[i, 0] == other[i, 0] && answer[i, 1] == other[i, 1]));
        Assert.Equal(Asked.Count, Enumerable.Range(0, Asked.Count).Select(i => Asked.Conditions[i, 0]).Distinct().Count());
    }

    [Fact]
    public void Leaves_no_tensors_and_no_setting_behind()
    {
        using var diffusion = new MoonDiffusion(DiffusionOptions.Quick with { TrainingSteps = 3 });
        QuickRun.LeavesNothingBehind(diffusion, 0.5, Asked);
    }

    [Fact]
    public void Whole_task_in_short()
    {
        using var folder = new TemporaryFolder();
        using var printed = new StringWriter();
        var report = DropoutTask.Run(TaskCommandLine.Parse(["--quick", "--out", folder.File("figures")]), printed);
        QuickRun.Check(report, printed.ToString(), folder.File("figures"), 0, 0.9);
        Assert.True(report.Fidelity.Median(Method.Hti) < report.Fidelity.Median(Method.Nearest));
    }
}
