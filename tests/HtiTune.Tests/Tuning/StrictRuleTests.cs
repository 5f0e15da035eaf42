using HtiTune.Data;
using HtiTune.Journal;

namespace HtiTune.Tests.Tuning;

public sealed class StrictRuleTests
{
    [Theory]
    [InlineData("0 1 0.5 0.25 0.75", true)]
    [InlineData("0 1 0.5 0.25", false)]
    [InlineData("0.25 0.5 0.75", true)]
    [InlineData("0.3 0.5 0.75 1", false)]
    [InlineData("0 0.2 0.4 0.6 0.7", false)]
    public void No_gap_is_wider_than_a_quarter_the_ends_included(string places, bool expected) =>
        Assert.Equal(expected, StrictRule.Covers(places.Split(' ').Select(u => double.Parse(u, System.Globalization.CultureInfo.InvariantCulture))));

    [Fact]
    public void A_strict_certificate_has_been_challenged_and_covers_the_range()
    {
        var certified = 0;
        for (var seed = 1; seed <= 6; seed++)
        {
            var problem = new Problem(seed);
            TuningResult Run(CertificateRule rule)
            {
                using var tuner = new Tuner(
                    problem.Network(), Problem.Hyperparameter, Problem.Contexts, Problem.Options(16) with { CertificateRule = rule, InitialLambdas = [2, 6, 4] });
                return tuner.Optimize(m => Problem.Tracking(m));
            }

            var (plain, strict) = (Run(CertificateRule.TwoPasses), Run(CertificateRule.Strict));
            Assert.DoesNotContain(plain.Trials, t => t.Reason == "challenge");
            if (strict.StopReason != StopReason.Certified)
            {
                continue;
            }

            certified++;
            var places = strict.Trials.Select(t => Problem.Hyperparameter.ToUnit(t.Lambda)).Order().ToArray();
            Assert.True(places.Zip(places.Skip(1), (a, b) => b - a).Max() <= 0.25 + 1e-9);
            Assert.Equal("challenge", strict.Trials[^1].Reason);
        }

        Assert.True(certified >= 4, $"{certified}");
    }

    [Fact]
    public void Intervals_are_scaled_by_what_the_ones_before_have_shown()
    {
        var options = Problem.Options() with { UseSurrogate = false };
        var (even, wild) = (Scales(u => Math.Sin(3 * u)), Scales(u => u > 0.85 ? 40 : u > 0.6 ? -9 : u));
        Assert.Equal(0.9, even[0], 1e-12);
        Assert.Equal(0.9, wild[0], 1e-12);
        Assert.True(even[^1] < 0.7, string.Join(' ', even));
        Assert.True(wild[^1] > 1.1, string.Join(' ', wild));

        double[] Scales(Func<double, double> value)
        {
            using var store = new AnchorStore(Problem.Hyperparameter, Problem.Contexts, 1, null, (_, _) => { });
            var view = new ObjectiveView(store, m => value(Problem.Hyperparameter.ToUnit(m.Lambda)), options, (_, _) => { });
            foreach (var u in (double[])[0, 0.3, 0.5, 0.9, 0.7, 0.2, 0.6, 0.4])
            {
                var lambda = Problem.Hyperparameter.FromUnit(u);
                var network = new Problem(1).Network().Train(new TrainingRequest(lambda, 1), CancellationToken.None);
                store.Add(new TrainingEnded(store.Anchors.Count + 1, new("x", lambda), "", TimeSpan.Zero) { U = u, Network = network });
            }

            // The first two are no tests; each later one has errors of its own published deviation's size before.
            return [.. Enumerable.Range(2, 7).Select(view.Calibration.Factor)];
        }
    }

    [Fact]
    public void The_challenge_goes_to_the_widest_gap_first_and_then_where_the_posterior_is_widest()
    {
        var problem = new Problem(1);
        var options = Problem.Options() with { UseSurrogate = false };
        using var store = new AnchorStore(Problem.Hyperparameter, Problem.Contexts, 1, null, (_, _) => { });
        var view = new ObjectiveView(store, m => Problem.Tracking(m), options, (_, _) => { });
        void Train(params double[] places)
        {
            foreach (var u in places)
            {
                var lambda = Problem.Hyperparameter.FromUnit(u);
                var network = problem.Network().Train(new TrainingRequest(lambda, 1), CancellationToken.None);
                store.Add(new TrainingEnded(store.Anchors.Count + 1, new("x", lambda), "", TimeSpan.Zero) { U = u, Network = network });
            }
        }

        Train(0, 1, 0.4);
        var wide = Analysis.Of(store, view, 3, options)!;
        Assert.Equal(0.7, StrictRule.Challenge(wide, [0, 1, 0.4], [])!.Value, 1e-12);
        Train(0.2, 0.6, 0.8, 0.9);
        var narrow = Analysis.Of(store, view, 7, options)!;
        var challenge = StrictRule.Challenge(narrow, [0, 1, 0.4, 0.2, 0.6, 0.8, 0.9], [])!.Value;
        var largest = Enumerable.Range(0, narrow.Posterior.Count).Max(i => narrow.Posterior[i].Deviation);
        Assert.Equal(largest, narrow.Process.At(challenge).Deviation, 1e-9 * largest);
    }
}
