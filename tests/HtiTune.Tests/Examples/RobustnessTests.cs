using HtiTune.Data;
using HtiTune.Surrogates;
using TorchSharp;
using static TorchSharp.torch;

namespace HtiTune.Tests.Examples;

/// <summary>The robustness example: its attack, its loss under attack, its short run.</summary>
[Collection(Alone.Name)]
public class RobustnessTests
{
    private static readonly double[] Radii = [0.05, 0.2];

    [Fact]
    public void Attacks_stay_within_their_radius_and_reach_the_worst_corner_of_a_linear_classifier()
    {
        TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var network = nn.Sequential(nn.Linear(2, 1));
        var layer = (TorchSharp.Modules.Linear)network[0];
        using (no_grad())
        {
            layer.weight!.copy_(tensor(new float[,] { { 2, -3 } }));
            layer.bias!.zero_();
        }

        using var chance = new Generator(5);
        var x = rand([50, 2], generator: chance);
        var y = zeros(50, 1);
        y.narrow(0, 0, 25).fill_(1);
        const double Radius = 0.1;
        var start = (rand([50, 2], generator: chance) * 2 - 1) * Radius;
        var shifts = AdversarialTraining.Attack(network, x, y, start, Radius, steps: 4);

        // Class 1 is attacked by a smaller logit 2 x₁ − 3 x₂, class 0 by a larger: the corners are known.
        for (var i = 0; i < 50; i++)
        {
            var sign = i < 25 ? -1 : 1;
            Assert.Equal(sign * Radius, shifts[i, 0].ToDouble(), 1e-6);
            Assert.Equal(-sign * Radius, shifts[i, 1].ToDouble(), 1e-6);
        }

        var none = AdversarialTraining.Attack(network, x, y, zeros(50, 2), 0, steps: 4);
        Assert.Equal(0, none.abs().max().ToDouble());
    }

    [Fact]
    public void Loss_under_attack_is_that_of_the_worst_shift_which_a_linear_model_shows_in_closed_form()
    {
        // Logit 4 x₁ + 2 x₂: a shift of radius r takes at most 6 r from it.
        var points = WavyBorder.Draw(40, new RandomStreams(7).Stream("points"));
        var attacked = new AttackedPoints(points, Radii);
        var model = new Linear();
        foreach (var radius in (double[])[0, .. Radii])
        {
            double Loss(double t) => Math.Log(1 + Math.Exp(t));
            var expected = Enumerable.Range(0, 40).Average(i =>
            {
                var (logit, p) = (4.0 * points.X[i, 0] + 2.0 * points.X[i, 1], points.Probabilities[i]);
                return p * Loss(-(logit - 6 * radius)) + (1 - p) * Loss(logit + 6 * radius);
            });
            Assert.Equal(expected, attacked.Loss(model, radius), 1e-5);
        }
    }

    [Fact]
    public void The_short_run_prints_its_tables_and_hardens_only_against_attacks()
    {
        var (report, _) = ExampleRun.Quick(RobustnessTask.Run);
        Assert.True(report.Fidelity.Median(Method.Hti) < report.Fidelity.Median(Method.Nearest));
        Assert.All(report.Changes.Runs, run => Assert.InRange(run.Lambda, 0, 0.25));
    }

    private sealed class Linear : IConditionalModel
    {
        public double Lambda => 0;

        public bool IsTrained => true;

        public Samples Sample(Contexts contexts) => new(
            Matrix.Create(contexts.Count, 1, (i, row) => row[0] = 4 * contexts.Conditions[i, 0] + 2 * contexts.Conditions[i, 1]), contexts);
    }
}
