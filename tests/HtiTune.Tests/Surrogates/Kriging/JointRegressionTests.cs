using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Surrogates.Kriging;

/// <summary>Outputs kriged about a regression on conditions and λ together, and the trial of carriers.</summary>
public class JointRegressionTests
{
    private static readonly KrigingOptions s_affine = new() { Coupling = new() { TrainMaps = false }, Carrying = RowCarrying.Affine };

    private static double[] Phase(double lambda, double a, double b, double chance) =>
        [(1 + 0.2 * b) * Math.Cos(3 * lambda + 1.2 * a + 0.1 * chance), (1 + 0.2 * b) * Math.Sin(3 * lambda + 1.2 * a + 0.1 * chance)];

    private static double[] Apart(double lambda, double a, double b, double chance) => [2 * Math.Sin(3 * lambda) + a * a + 0.3 * chance, b];

    /// <summary>Three anchors with contexts of their own.</summary>
    private static AnchorSet Own(Func<double, double, double, double, double[]> law) => new(Problems.Unit, new[] { 0, 0.5, 1 }.Select((lambda, k) =>
    {
        var x = Problems.Conditions(300, 20 + k);
        return new Anchor(lambda, Answer(x, lambda, law, $"{k}"));
    }));

    private static Samples Answer(Contexts x, double lambda, Func<double, double, double, double, double[]> law, string name)
    {
        var random = new RandomStreams(7).Fork(name).Stream("draws");
        return new Samples(Matrix.Create(x.Count, 2, (i, row) => (row[0], row[1]) = law(lambda, x.Conditions[i, 0], x.Conditions[i, 1], random.NextNormal()) is var y ? ((float)y[0], (float)y[1]) : default), x);
    }

    private static double Error(KrigedSurrogate surrogate, double lambda)
    {
        var x = new Contexts(Matrix.Create(200, 2, (i, row) => (row[0], row[1]) = (i < 100 ? -0.5f : 0.4f, 0.2f)));
        var moved = surrogate.Transport(Answer(x, 0, Phase, "start"), 0, lambda);
        return Enumerable.Range(0, 2).Average(half => Enumerable.Range(0, 2).Sum(j =>
        {
            var truth = Enumerable.Range(0, 100).Average(i => Phase(lambda, half == 0 ? -0.5 : 0.4, 0.2, (i - 49.5) / 29)[j]);
            var away = Enumerable.Range(100 * half, 100).Average(i => (double)moved[i, j]) - truth;
            return away * away;
        }));
    }

    [Fact]
    public void What_conditions_do_tells_what_lambda_does_where_they_act_together()
    {
        var anchors = Own(Phase);
        var with = KrigedSurrogate.Fit(anchors, s_affine);
        var without = KrigedSurrogate.Fit(anchors, s_affine with { Regression = false });
        Assert.Contains(with.Notes, note => note.Contains("act together", StringComparison.Ordinal));
        Assert.True(Error(with, 0.25) + Error(with, 0.75) < 0.5 * (Error(without, 0.25) + Error(without, 0.75)));

        // At an anchor it says nothing.
        var rows = new Samples(anchors[0].Samples.Outputs, anchors[0].Samples.Contexts);
        Assert.Equal(without.Transport(rows, 0, 0.5).Values.ToArray(), with.Transport(rows, 0, 0.5).Values.ToArray());

        using var folder = new TemporaryFolder();
        with.Save(folder.File("m.hti"));
        Assert.Equal(with.Transport(rows, 0, 0.3).Values.ToArray(), KrigedSurrogate.Load(folder.File("m.hti")).Transport(rows, 0, 0.3).Values.ToArray());
    }

    [Fact]
    public void Conditions_and_lambda_that_act_apart_are_kriged_alone()
    {
        var surrogate = KrigedSurrogate.Fit(Own(Apart), s_affine);
        Assert.DoesNotContain(surrogate.Notes, note => note.Contains("act together", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(6, true)] // A network of six conditions from forty contexts: learned maps see the network, near contexts do not.
    [InlineData(1, false)] // Draws about a mean of one condition.
    public void Rows_are_carried_as_contexts_that_were_kept_out_say(int conditions, bool isMapped)
    {
        var stream = new RandomStreams(5).Stream("law");
        double[] a = [.. Enumerable.Range(0, conditions).Select(_ => stream.NextNormal())], b = [.. Enumerable.Range(0, conditions).Select(_ => stream.NextNormal())];
        var few = Matrix.Create(40, conditions, (_, row) =>
        {
            for (var j = 0; j < row.Length; j++)
            {
                row[j] = (float)(2 * stream.NextDouble() - 1);
            }
        });
        var contexts = new Contexts(few.SelectRows([.. Enumerable.Range(0, 400).Select(i => i / 10)]));
        var anchors = new AnchorSet(Problems.Unit, new[] { 0, 0.5, 1 }.Select(lambda => new Anchor(lambda, new Samples(Matrix.Create(400, 1, (i, row) =>
        {
            double first = 0, second = 0;
            for (var j = 0; j < conditions; j++)
            {
                first += a[j] * contexts.Conditions[i, j];
                second += b[j] * contexts.Conditions[i, j];
            }

            // One condition: the spread changes too, which maps of rows to their partners cannot tell from chance.
            row[0] = (float)((1 - lambda) * Math.Tanh(2 * first) + 2 * lambda * Math.Tanh(2 * second) + (conditions == 1 ? 0.2 + lambda : 0.1) * stream.NextNormal());
        }), contexts))));
        var report = SurrogateChoice.Fit(anchors).Report;
        Assert.Equal(isMapped, report.Carriers!.Maps < Math.Min(report.Carriers.Affine, report.Carriers.Quantiles));
        Assert.Equal(!isMapped, report.Chosen.StartsWith("quantiles", StringComparison.Ordinal));
        Assert.Contains("kept out", report.Note, StringComparison.Ordinal);
    }
}
