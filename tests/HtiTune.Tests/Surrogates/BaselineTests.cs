using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Surrogates.Baselines;

namespace HtiTune.Tests.Surrogates;

/// <summary>The baselines against laws whose answers are known without them.</summary>
[Collection(Alone.Name)]
public class BaselineTests
{
    public static TheoryData<Method> All => [.. Enum.GetValues<Method>()];

    [Fact]
    public void Stay_returns_its_input()
    {
        var anchors = Problems.Moving([0, 0.5, 1], v => v);
        var surrogate = Fit(anchors, Method.Stay);
        var rows = Problems.Moving([0.5], v => v, rows: 30, seed: 8)[0].Samples;
        Assert.True(rows.Outputs.SameAs(surrogate.Transport(rows, 0.5, 1)));
        Assert.True(rows.Outputs.SameAs(surrogate.Transport(rows, 0.5, 0.2)));
    }

    [Fact]
    public void Nearest_switches_half_way_on_the_scale()
    {
        // On the logarithmic scale of 1 … 100 half of the way to 10 is √10.
        var hyperparameter = Hyperparameter.Continuous("lambda", 1, 100, Scale.Log);
        static double[] Formula(double lambda, double[] x) => [x[0] + Math.Log(lambda), x[1]];
        var anchors = Problems.Deterministic(hyperparameter, [1, 10, 100], 50, 1, Formula);
        var surrogate = Fit(anchors, Method.Nearest);
        var contexts = anchors[0].Samples.Contexts;
        foreach (var (lambda, nearest) in new[] { (1, 0), (3.1, 0), (3.2, 1), (10, 1), (31, 1), (32, 2), (100, 2) })
        {
            Assert.InRange(Largest(anchors[nearest].Samples.Outputs, surrogate.Sample(lambda, contexts).Samples.Outputs), 0, 1e-5);
            Assert.InRange(Largest(anchors[nearest].Samples.Outputs, surrogate.Transport(anchors[1].Samples, 10, lambda)), 0, 0.2);
        }
    }

    [Fact]
    public void Linear_is_exact_on_a_linear_law_and_not_on_a_curved_one()
    {
        var anchors = Problems.Linear([0, 0.3, 1], rows: 300);
        var surrogate = Fit(anchors, Method.Linear);
        var fresh = Problems.Linear([0, 0.2, 0.8], rows: 60, seed: 5);
        foreach (var k in (int[])[1, 2])
        {
            var truth = Problems.Linear([fresh[k].Lambda], rows: 300)[0].Samples;
            Assert.InRange(Largest(truth.Outputs, surrogate.Sample(fresh[k].Lambda, truth.Contexts).Samples.Outputs), 0, 1e-5);
            Assert.InRange(MeanSquare(fresh[k].Samples.Outputs, surrogate.Transport(fresh[0].Samples, 0, fresh[k].Lambda)), 0, 0.01);
        }

        // λ² between 0 and 0.6 is read off the chord: 0.6·λ.
        static double[] Square(double lambda, double[] x) => [lambda * lambda, x[0]];
        var curved = Problems.Deterministic(Problems.Unit, [0, 0.6, 1], 20, 1, Square);
        var chord = Fit(curved, Method.Linear).Sample(0.3, curved[0].Samples.Contexts).Samples.Outputs;
        Assert.Equal(0.18f, chord[0, 0], 1e-5f);
    }

    [Fact]
    public void Mean_and_shrunk_linear_follow_their_formulas()
    {
        static double[] Formula(double lambda, double[] x) => [lambda * lambda * x[0], x[1] - lambda];
        var anchors = Problems.Deterministic(Problems.Unit, [0, 0.5, 1], 40, 1, Formula);
        var contexts = anchors[0].Samples.Contexts;
        var mean = Fit(anchors, Method.Mean).Sample(0.9, contexts).Samples.Outputs;
        var shrunk = Fit(anchors, Method.ShrunkLinear).Sample(0.75, contexts).Samples.Outputs;
        for (var i = 0; i < 40; i++)
        {
            double x0 = contexts.Conditions[i, 0], x1 = contexts.Conditions[i, 1];
            Assert.Equal(1.25 / 3 * x0, mean[i, 0], 1e-5);
            Assert.Equal(x1 - 0.5, mean[i, 1], 1e-5);

            // 40 % of half way between 0.25·x0 and x0, and 60 % of the mean.
            Assert.Equal(0.4 * 0.625 * x0 + 0.6 * 1.25 / 3 * x0, shrunk[i, 0], 1e-5);
            Assert.Equal(0.4 * (x1 - 0.75) + 0.6 * (x1 - 0.5), shrunk[i, 1], 1e-5);
        }
    }

    [Fact]
    public void Displacement_is_the_quantile_interpolation_in_one_dimension()
    {
        // In one dimension optimal transport pairs the i-th smallest with the i-th smallest.
        var random = new RandomStreams(4).Stream("draws");
        float[][] draws = [.. Enumerable.Range(0, 2).Select(k => Enumerable.Range(0, 80)
            .Select(_ => (float)(k == 0 ? random.NextNormal() : Math.Exp(random.NextNormal()) + 3)).ToArray())];
        var anchors = new AnchorSet(Problems.Unit, draws.Select((values, k) =>
            new Anchor(k, new Samples(new Matrix(80, 1, values), Contexts.None(80)))));
        var got = Fit(anchors, Method.Displacement).Sample(0.3, Contexts.None(80)).Samples.Outputs.Values.ToArray();
        var expected = draws[0].Order().Zip(draws[1].Order(), (a, b) => 0.7f * a + 0.3f * b).ToArray();
        Assert.All(expected.Zip(got.Order()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void A_mixture_moves_mass_and_no_row()
    {
        // A tenth of the rows at +2 becomes nine tenths; nothing is ever between −2 and +2.
        var anchors = new AnchorSet(Problems.Unit, new[] { 0.0, 1 }.Select(lambda => Weighted(lambda, 400)));
        var surrogate = Fit(anchors, Method.Mixture);
        var rows = Weighted(0, 300).Samples;
        foreach (var lambda in new[] { 0.25, 0.5, 0.8 })
        {
            foreach (var outputs in new[] { surrogate.Sample(lambda, Contexts.None(300)).Samples.Outputs, surrogate.Transport(rows, 0, lambda) })
            {
                Assert.Equal(0.1 + 0.8 * lambda, outputs.Values.ToArray().Count(y => y > 0) / 300.0, 0.06);
                Assert.DoesNotContain(outputs.Values.ToArray(), y => Math.Abs(y) < 1);
            }
        }

        Assert.Equal(rows.Outputs.Values.ToArray(), surrogate.Transport(rows, 0, 0).Values.ToArray());

        static Anchor Weighted(double lambda, int count)
        {
            var random = new RandomStreams(6).Fork($"{lambda} {count}").Stream("draws");
            return new Anchor(lambda, new Samples(Matrix.Create(
                count, 1, (_, row) => row[0] = (float)((random.NextDouble() < 0.1 + 0.8 * lambda ? 2 : -2) + 0.2 * random.NextNormal())), Contexts.None(count)));
        }
    }

    [Fact]
    public void Nlot_pairs_rows_whatever_their_category()
    {
        // Two categories change places. Knowing that costs 4 a row; pairing by outputs alone, nothing moves but by the noise.
        var anchors = new AnchorSet(Problems.Unit, new[] { 0.0, 1 }.Select(lambda => new Anchor(lambda, Cross(lambda, 60))));
        var surrogate = Fit(anchors, Method.Nlot);
        var rows = Cross(0, 60);
        Assert.InRange(Largest(rows.Outputs, surrogate.Transport(rows, 0, 1)), 0, 0.3);
        Assert.InRange(Largest(Cross(1, 60).Outputs, Fit(anchors, Method.Displacement).Transport(rows, 0, 1)), 0, 0.3);

        // Other labels, the same answer; stored rows of a category are still those of that category at the first anchor.
        var relabelled = new Samples(rows.Outputs, Contexts.Of([.. Enumerable.Range(0, 120).Select(i => 1 - i % 2)], 2));
        Assert.True(surrogate.Transport(rows, 0, 0.6).SameAs(surrogate.Transport(relabelled, 0, 0.6)));
        var second = surrogate.Sample(0, Contexts.Of([.. Enumerable.Repeat(1, 10)], 2));
        Assert.Equal(SampleSource.StoredOutputs, second.Source);
        Assert.All(Enumerable.Range(0, 10), i => Assert.Equal(1, second.Samples.Outputs[i, 0], 0.2));
        Assert.Throws<ArgumentException>(() => surrogate.Transport(new Samples(rows.Outputs, Contexts.None(120)), 0, 1));

        static Samples Cross(double lambda, int each) => new(
            Matrix.Create(2 * each, 2, (i, row) =>
            {
                row[0] = (float)((i % 2 == 0 ? -1 : 1) * (1 - 2 * lambda) + 0.1 * Math.Sin(i));
                row[1] = (float)(0.1 * Math.Cos(i));
            }),
            Contexts.Of([.. Enumerable.Range(0, 2 * each).Select(i => i % 2)], 2));
    }

    [Fact]
    public void Nlot_is_extended_by_an_anchor()
    {
        var anchors = Problems.Linear([0, 0.5, 1], rows: 30);
        var extended = Fit(new AnchorSet(Problems.Unit, [anchors[0], anchors[2]]), Method.Nlot, steps: 20).Extend(anchors);
        Assert.Equal(2, extended.ConditionCount);
        foreach (var anchor in anchors)
        {
            var stored = extended.Sample(anchor.Lambda, anchors[0].Samples.Contexts).Samples.Outputs.Values.ToArray();
            Assert.All(anchor.Samples.Outputs.Values.ToArray().Order().Zip(stored.Order()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [Fact]
    public void Nlot_is_the_quantile_interpolation_in_one_dimension_whatever_the_conditions()
    {
        var random = new RandomStreams(5).Stream("draws");
        float[][] draws = [.. Enumerable.Range(0, 2).Select(k => Enumerable.Range(0, 80).Select(_ => (float)(random.NextNormal() * (1 + k))).ToArray())];
        var contexts = Problems.Conditions(80, 3);
        var anchors = new AnchorSet(Problems.Unit, draws.Select((values, k) => new Anchor(k, new Samples(new Matrix(80, 1, values), contexts))));
        var surrogate = Fit(anchors, Method.Nlot);
        Assert.Equal(2, surrogate.ConditionCount);
        var got = surrogate.Sample(0.3, contexts).Samples.Outputs.Values.ToArray();
        var expected = draws[0].Order().Zip(draws[1].Order(), (a, b) => 0.7f * a + 0.3f * b).ToArray();
        Assert.All(expected.Zip(got.Order()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Theory]
    [InlineData(Method.Regression)]
    [InlineData(Method.FlowMatching)]
    public void Networks_learn_a_law_that_moves_and_widens(Method method)
    {
        // N(±4λ, (1 + λ)²) with the sign of a category, by its quantiles, so that no sampling error blurs the comparison.
        var anchors = new AnchorSet(Problems.Unit, new[] { 0, 0.5, 1 }.Select(lambda => new Anchor(lambda, Quantiles(lambda, 300))));
        var surrogate = TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { Method = method });
        foreach (var (from, to) in new[] { (0.0, 0.25), (0.0, 0.8), (0.0, 1), (1.0, 0.3), (0.5, 0.75) })
        {
            var rows = Quantiles(from, 217);
            var moved = surrogate.Transport(rows, from, to);
            var truth = Quantiles(to, 217).Outputs;
            Assert.InRange(MeanSquare(truth, moved), 0, 0.02);
            Assert.InRange(Largest(truth, moved), 0, 0.8);
        }

        static Samples Quantiles(double lambda, int each) => new(
            Matrix.Create(2 * each, 1, (i, row) =>
                row[0] = (float)((i < each ? 4 : -4) * lambda + (1 + lambda) * NormalDistribution.Quantile((i % each + 0.5) / each))),
            Contexts.Of([.. Enumerable.Range(0, 2 * each).Select(i => i / each)], 2));
    }

    [Fact]
    public void Energy_of_a_path_has_the_gradient_of_its_differences()
    {
        var random = new RandomStreams(6).Stream("path");
        var samples = new LandPaths.Cloud([.. Enumerable.Range(0, 60).Select(_ => (float)(0.6 * random.NextNormal()))], 2);
        var bend = Enumerable.Range(0, 28).Select(_ => (float)(0.1 * random.NextNormal())).ToArray();
        double[] gradient = new double[28], unused = new double[28];
        LandPaths.Energy([-0.5f, 0], [0.7f, 0.2f], samples, bend, gradient);
        foreach (var i in (int[])[0, 1, 5, 12, 27])
        {
            double Moved(float by)
            {
                var moved = (float[])[.. bend];
                moved[i] += by;
                return LandPaths.Energy([-0.5f, 0], [0.7f, 0.2f], samples, moved, unused);
            }

            var difference = (Moved(2e-3f) - Moved(-2e-3f)) / 4e-3;
            Assert.Equal(difference, gradient[i], 0.02 * (1 + Math.Abs(difference)));
        }
    }

    [Fact]
    public void Metric_flow_follows_the_samples_where_the_chord_leaves_them()
    {
        // A quarter of a circle is filled at both anchors; halfway between its ends the chord is 0.29 inside it.
        var anchors = new AnchorSet(Problems.Unit, new[] { 0, 1 }.Select(lambda => new Anchor(lambda, Arc(lambda))));
        Assert.InRange(Radius(Method.MetricFlowMatching), Radius(Method.FlowMatching) + 0.05, 1.1);

        double Radius(Method method)
        {
            var moved = Fit(anchors, method).Transport(anchors[0].Samples, 0, 0.5);
            return Enumerable.Range(0, moved.Rows).Average(i => Math.Sqrt(moved[i, 0] * moved[i, 0] + moved[i, 1] * moved[i, 1]));
        }

        // Most samples gather at one end, λ = 0, or the other, with a tail along the arc.
        static Samples Arc(double lambda) => new(
            Matrix.Create(100, 2, (i, row) =>
            {
                var way = Math.Pow((i + 0.5) / 100, 3);
                var angle = Math.PI / 2 * (lambda == 0 ? way : 1 - way);
                (row[0], row[1]) = ((float)Math.Cos(angle), (float)Math.Sin(angle));
            }),
            Contexts.None(100));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_method_is_the_same_after_a_round_trip_through_its_file(Method method)
    {
        using var folder = new Data.TemporaryFolder();
        foreach (var anchors in (AnchorSet[])[Problems.Moving([0, 0.5, 1], v => v, rows: 40), Problems.Linear([0, 0.5, 1], rows: 40)])
        {
            var saved = Fit(anchors, method, steps: 20);
            saved.Save(folder.File("m.hti"));
            var loaded = TrajectorySurrogate.Load(folder.File("m.hti"));
            var rows = anchors[1].Samples;
            Assert.Equal(method, loaded.Options.Method);
            foreach (var lambda in (double[])[0, 0.2, 0.5, 0.9, 1])
            {
                Assert.True(saved.Transport(rows, 0.5, lambda).SameAs(loaded.Transport(rows, 0.5, lambda)));
                Assert.True(saved.Sample(lambda, rows.Contexts).Samples.Outputs.SameAs(loaded.Sample(lambda, rows.Contexts).Samples.Outputs));
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_method_answers_contexts_that_were_not_stored_within_bounds(Method method)
    {
        var anchors = Problems.Linear([0, 0.5, 1], rows: 40);
        var surrogate = TrajectorySurrogate.Fit(anchors, Quick(method, 20) with { Bounds = [new(-1, 1), new(-1, 1)] });
        var contexts = Problems.Conditions(25, 9);
        var alone = surrogate.Sample(0.7, contexts).Samples.Outputs;
        var asked = surrogate.Sample(0.7, contexts, (lambda, _) => Problems.Linear([lambda], 25, seed: 9)[0].Samples.Outputs);

        // A fit that knows no condition has no answer to a context; stored rows of similar contexts serve.
        Assert.Equal(method == Method.Nlot ? SampleSource.ConditionalSampler : SampleSource.AnchorNetworks, asked.Source);
        Assert.All(alone.Values.ToArray().Concat(asked.Samples.Outputs.Values.ToArray()), value => Assert.InRange(value, -1, 1));
    }

    [Fact]
    public void Options_that_contradict_a_baseline_are_refused_together()
    {
        var options = new TrajectoryOptions
        {
            Method = Method.FlowMatching,
            Potential = PotentialKind.Density,
            Clock = ClockKind.Learned,
            Cost = CouplingCost.Fermat,
            TrainMaps = false,
        };
        var message = Assert.Throws<ArgumentException>(() => TrajectorySurrogate.Fit(Problems.Linear([0, 1]), options)).Message;
        Assert.Contains("PotentialKind is Density; the method FlowMatching allows None alone", message, StringComparison.Ordinal);
        Assert.Contains("ClockKind is Learned", message, StringComparison.Ordinal);
        Assert.Contains("CouplingCost is Fermat", message, StringComparison.Ordinal);
        Assert.Contains("TrainMaps is false", message, StringComparison.Ordinal);
    }

    private static TrajectorySurrogate Fit(AnchorSet anchors, Method method, int steps = 300) =>
        TrajectorySurrogate.Fit(anchors, Quick(method, steps));

    private static TrajectoryOptions Quick(Method method, int steps) =>
        new() { Method = method, MapSteps = steps, PathSteps = steps, HiddenWidth = 16 };

    private static double Largest(Matrix a, Matrix b) => a.Values.ToArray().Zip(b.Values.ToArray(), (p, q) => Math.Abs((double)p - q)).Max();

    private static double MeanSquare(Matrix a, Matrix b) => a.Values.ToArray().Zip(b.Values.ToArray(), (p, q) => Math.Pow(p - q, 2)).Average();
}
