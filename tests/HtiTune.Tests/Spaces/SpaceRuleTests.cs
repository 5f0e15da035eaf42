using HtiTune.Acquisition;
using HtiTune.Data;
using HtiTune.Surrogates;
using static HtiTune.Tests.Spaces.SpaceFixture;

namespace HtiTune.Tests.Spaces;

/// <summary>Other acquisitions than expected improvement over several hyperparameters.</summary>
public sealed class SpaceRuleTests
{
    // The mean of a network's answers is the objective: what is drawn of it has a law in closed form.
    private static double Linear(Matrix y) => Enumerable.Range(0, y.Rows).Average(i => y.Exact(i, 0));

    private static double Law(Configuration c) => Bowl(c) + 0.1 * Math.Sin(5 * c["a"]) * c["b"];

    private static Matrix Outputs(Configuration c) => Matrix.FromDoubles(3, 1, [Law(c) - 0.2 * c["a"], Law(c), Law(c) + 0.2 * c["a"]]);

    private static double[][] Grid(int count, long seed = 7)
    {
        var stream = new RandomStreams(seed).Stream("grid");
        return [.. Enumerable.Range(0, count).Select(_ => new[] { stream.NextDouble(), stream.NextDouble() })];
    }

    private static (SpaceGround Ground, CompositeBelief Belief, CompositeSearch Search, double[] Values) Composite(int more = 3)
    {
        var trainings = Train(Policy(Square), c => Law(c), more, Outputs, Linear);
        var coordinates = new SpaceCoordinates(Square);
        double[] values = [.. trainings.Select(t => t.Value!.Value)];
        var ground = new SpaceGround(coordinates, [.. trainings.Select(t => coordinates.Of(t.Configuration))], []);
        var streams = new RandomStreams(3);
        var belief = CompositeBelief.Make(coordinates, ground.Places, [.. trainings.Select(t => t.Outputs!)], null, (y, _) => Linear(y), null, 1, streams, default)!;
        var best = Array.IndexOf(values, values.Min());
        return (ground, belief, new CompositeSearch(ground, belief, values, best, values[best], [], 0, streams.Stream("candidates"), default), values);
    }

    public static TheoryData<AcquisitionRule, string> Rules => new()
    {
        { AcquisitionRule.KnowledgeGradient, "knowledge gradient" },
        { AcquisitionRule.LowerConfidenceBound(), "confidence bound" },
        { AcquisitionRule.LowerConfidenceBoundAtRisk(0.1), "confidence bound" },
        { AcquisitionRule.Thompson, "Thompson sampling" },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void Every_rule_finds_the_optimum_says_why_and_is_reproducible_with_outputs_and_without(AcquisitionRule rule, string name)
    {
        foreach (var objective in new Func<Matrix, double>?[] { Linear, null })
        {
            var options = new SpacePolicyOptions { Epsilon = 1e-4, Acquisition = rule };
            var trainings = Train(Policy(Square, options), c => Law(c), 11, Outputs, objective);
            var least = Grid(4000).Min(u => Law(new Configuration(("a", u[0]), ("b", u[1]))));
            Assert.True(Best(trainings) < least + 0.012, $"{rule.Kind}: {Best(trainings)} against {least}");

            var analysis = Policy(Square, options).Analyse(trainings[..7], objective)!;
            var (first, again) = (analysis.Next([]), Policy(Square, options).Analyse(trainings[..7], objective)!.Next([]));
            Assert.Equal(objective is not null, analysis.IsComposite);
            Assert.Equal(name, first!.Value.Reason);
            Assert.Equal(first, again);

            // Of two at a time they are not the same.
            Assert.NotEqual(first.Value.Configuration, analysis.Next([first.Value.Configuration])?.Configuration);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void The_confidence_bound_trains_where_the_mean_less_so_many_deviations_of_the_draws_is_least(double deviations)
    {
        var (ground, belief, search, _) = Composite(5);
        var rules = new CompositeRules(belief, search, 0, true);
        var chosen = ground.Coordinates.Place(rules.LeastBound(deviations, new RandomStreams(1).Stream("steps"), default)!);
        double[] bounds = [.. Grid(600).Where(x => ground.IsOpen(x, [])).Select(Bound)];

        Assert.True(Bound(chosen) <= bounds.Min() + 0.05 * (bounds.Max() - bounds.Min()), $"{Bound(chosen)} against {bounds.Min()}");
        Assert.Equal(Bound(chosen), rules.Bound(chosen, deviations), 1e-12);

        // A linear objective of weighted outputs is the weighted objective: mean and deviation by hand.
        double Bound(double[] x)
        {
            var draws = new double[belief.Draws];
            belief.Draw(x, draws);
            var mean = draws.Average();
            return mean - deviations * Math.Sqrt(draws.Average(value => (value - mean) * (value - mean)));
        }
    }

    [Fact]
    public void Thompson_sampling_trains_at_each_place_as_often_as_it_is_the_best()
    {
        // Two places are free; the difference of their values has a Student law of K − 1 degrees of freedom in each state.
        var space = SearchSpace.Parse("a=0..5:int");
        var coordinates = new SpaceCoordinates(space);
        double Value(int a) => new[] { 0.9, 0.35, 0.2, 0.3, 0.22, 0.6 }[a];
        double[][] units = [.. new[] { 0, 2, 3, 5 }.Select(a => coordinates.Of(new Configuration(("a", a))))];
        double[] values = [Value(0), Value(2), Value(3), Value(5)];
        Matrix[] outputs = [.. values.Select(v => Matrix.FromDoubles(2, 1, [v - 0.1, v + 0.1]))];
        var ground = new SpaceGround(coordinates, units, []);
        var belief = CompositeBelief.Make(coordinates, ground.Places, outputs, null, (y, _) => Linear(y), false, 1, new RandomStreams(4), default)!;
        var search = new CompositeSearch(ground, belief, values, 1, values[1], [], 0, new RandomStreams(2).Stream("candidates"), default);
        double[][] free = [.. new[] { 1, 4 }.Select(a => coordinates.Place(coordinates.Of(new Configuration(("a", a)))))];
        Assert.Equal(2, search.All.Count());

        double expected = 0;
        foreach (var state in belief.States)
        {
            var kriging = new ValueKriging(state, values, 1);
            double[] t = new double[4], other = new double[4];
            double level = state.Project(free[0], t).Level, otherLevel = state.Project(free[1], other).Level;
            double Cov(double[] x, double[] a, double la, double[] y, double[] b, double lb) => state.Covariance(x, a, la, y, b, lb);
            var variance = Cov(free[0], t, level, free[0], t, level) + Cov(free[1], other, otherLevel, free[1], other, otherLevel) - 2 * Cov(free[0], t, level, free[1], other, otherLevel);
            var scale = Math.Sqrt(kriging.Square / 3 * variance);
            expected += new StudentT(3).Distribution((kriging.Mean(free[1]) - kriging.Mean(free[0])) / scale) / belief.States.Count;
        }

        const int Count = 1500;
        var rules = new CompositeRules(belief, search, values[1], true);
        var streams = new RandomStreams(6);
        var first = Enumerable.Range(0, Count).Count(i => coordinates.Place(rules.Thompson(streams.Stream($"draw {i}"), default)!).AsSpan().SequenceEqual(free[0]));
        Assert.Equal(expected, first / (double)Count, 4 * Math.Sqrt(expected * (1 - expected) / Count));
    }

    [Fact]
    public void What_a_training_would_lead_to_expect_is_the_kriging_with_it()
    {
        var (_, belief, _, values) = Composite();
        double[] x = [0.41, 0.13];
        double[][] places = [x, .. Grid(12)];
        var after = new KrigingAfter(belief, x, places);
        double[][] known = [.. Enumerable.Range(0, values.Length).Select(k => Known(belief, k))];
        for (var s = 0; s < 6; s++)
        {
            var drawn = after.Outcome(s).Zip(values, (weight, value) => weight * value).Sum();
            for (var m = 0; m < places.Length; m++)
            {
                double expected = 0;
                foreach (var state in belief.States)
                {
                    var (layout, theta) = (state.Likelihood.Layout, state.Theta.ToArray());
                    double[] all = [.. values, drawn];
                    var fantasy = AnchorKriging.At([.. known.SelectMany(one => one), .. x], layout, GramMatrix.Of(all.AsSpan()), theta);
                    expected += new ValueKriging(fantasy, all, 1).Mean(places[m]) / belief.States.Count;
                }

                Assert.Equal(expected, after.Value(s, m), 2e-6);
            }
        }
    }

    [Fact]
    public void The_knowledge_of_outputs_is_the_mean_of_what_the_least_expected_value_falls_by()
    {
        var (ground, belief, search, values) = Composite();
        var rules = new CompositeRules(belief, search, values.Min(), true);
        double[][] looked = Grid(5, 11);
        foreach (var x in Grid(6, 12))
        {
            var after = new KrigingAfter(belief, x, [x, .. looked]);
            var now = looked.Append(x).Min(place => Math.Min(belief.Mean(place), values.Min()));
            var expected = Math.Max(0, Enumerable.Range(0, 8).Average(s => now - Enumerable.Range(0, 6).Min(m => Math.Min(values.Min(), after.Value(s, m)))));
            Assert.Equal(expected, rules.Knowledge(x, looked, 8), 1e-12);
        }

        // What is known tells nothing.
        Assert.Equal(0, rules.Knowledge(ground.Places[0], looked, 8), 1e-9);
        Assert.True(rules.LargestKnowledge(default)!.Value.Gain > 0);
    }

    [Fact]
    public void The_knowledge_of_values_is_that_of_trainings_drawn_and_fitted_anew()
    {
        var trainings = Train(Policy(Square), c => Law(c), 3);
        var coordinates = new SpaceCoordinates(Square);
        double[][] places = [.. trainings.Select(t => coordinates.Place(coordinates.Of(t.Configuration)))];
        var plain = PlainBelief.Fit(
            coordinates, places, [.. trainings.Select(t => t.Value!.Value)], new SpacePolicyOptions(), new PlainSettings { States = 1, Bends = [0] }, new RandomStreams(8), default);
        var state = plain.States.Single();
        double[][] looked = [.. places, .. Grid(20, 4)];
        var knowledge = new PlainKnowledge(plain, looked);
        var stream = new RandomStreams(10).Stream("fantasies");
        foreach (var x in Grid(4, 5))
        {
            var (mean, deviation) = state.At(x);
            double sum = 0, square = 0;
            const int Count = 3000;
            var now = looked.Append(x).Min(place => state.Mean(place));
            for (var i = 0; i < Count; i++)
            {
                double[] all = [.. plain.Values, mean + deviation * stream.NextNormal()];
                var fantasy = AnchorKriging.At([.. places.SelectMany(one => one), .. x], state.Kriging.Likelihood.Layout, GramMatrix.Of(all.AsSpan()), state.Kriging.Theta.ToArray());
                var kriging = new ValueKriging(fantasy, all, 1);
                var fall = now - looked.Append(x).Min(place => kriging.Mean(place));
                (sum, square) = (sum + fall / Count, square + fall * fall / Count);
            }

            Assert.Equal(sum, Math.Exp(knowledge.LogGain(x)), 5 * Math.Sqrt((square - sum * sum) / Count) + 1e-9);
        }
    }

    private static double[] Known(CompositeBelief belief, int k) => belief.PlaceOf(k).ToArray();
}
