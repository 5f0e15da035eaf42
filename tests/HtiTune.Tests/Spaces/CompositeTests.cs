using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;
using static HtiTune.Tests.Spaces.SpaceFixture;

namespace HtiTune.Tests.Spaces;

public sealed class CompositeTests
{
    private const int Rows = 12;

    [Fact]
    public void OutputsFindTheBestInFewerTrainingsThanValues()
    {
        int total = 0, plain = 0;
        for (var seed = 1; seed <= 3; seed++)
        {
            total += TrainingsTo(seed, Cost);
            plain += TrainingsTo(seed, null);
        }

        Assert.True(total < plain, $"{total} trainings with outputs, {plain} without");
        Assert.True(total <= 3 * 10, $"{total} trainings with outputs");
    }

    [Fact]
    public void TheSameTrainingsGiveTheSameAnswersToTheLastBit()
    {
        var policy = Policy(Square);
        var trainings = Train(policy, c => Value(c), 3, Outputs, Cost);

        var (first, again) = (policy.Analyse(trainings, Cost)!, Policy(Square).Analyse(trainings, Cost)!);

        Assert.True(first.IsComposite);
        Assert.Equal(first.Next([]), again.Next([]));
        Assert.Equal(first.BestPredicted(), again.BestPredicted());
        Assert.Equal(first.Judge(), again.Judge());
        Assert.Equal(first.Trust, again.Trust);
        var place = new Configuration(("a", 0.11), ("b", 0.77));
        Assert.Equal(first.At(place), again.At(place));
    }

    [Fact]
    public void DrawsKeepTheirSpreadBetweenTrainings()
    {
        // Draws of N(2a, (0.5 + b)²), others at each training: rows that are weighed as they stand would lose half of their spread.
        const int Draws = 150;
        var stream = new RandomStreams(3).Stream("draws");
        double[][] places = [.. Enumerable.Range(0, 9).Select(k => (double[])[k % 3 / 2.0, k / 3 / 2.0])];
        Matrix[] outputs = [.. places.Select(u => Matrix.Create(Draws, 1, (_, row) => row[0] = (float)(2 * u[0] + (0.5 + u[1]) * stream.NextNormal())))];

        double Spread(Contexts? contexts, double[] x)
        {
            Matrix? met = null;
            var belief = CompositeBelief.Make(
                new SpaceCoordinates(Square), places, outputs, contexts,
                (y, _) =>
                {
                    met = y;
                    return 0;
                },
                null, 1, new RandomStreams(1), CancellationToken.None)!;
            belief.Mean(x);
            var mean = met!.Values.ToArray().Average(y => (double)y);
            Assert.True(contexts is null || Math.Abs(mean - 2 * x[0]) < 0.4, $"mean {mean} at {x[0]}");
            return Math.Sqrt(met.Values.ToArray().Average(y => (y - mean) * (y - mean)));
        }

        foreach (var x in (double[][])[[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]])
        {
            var truth = 0.5 + x[1];
            Assert.InRange(Spread(Contexts.None(Draws), x), 0.85 * truth, 1.15 * truth);
            Assert.InRange(Spread(null, x), 0, 0.75 * truth);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 3)]
    [InlineData(3, 9)]
    public void DrawsAreAsWideAsLeftOutTrainingsSay(int seed, int more)
    {
        var trainings = Train(Policy(Square, seed: seed), c => Value(c), more, Outputs, Cost);
        double[][] places = [.. trainings.Select(t => new SpaceCoordinates(Square).Place(t.Configuration))];
        CompositeBelief Make(LeftOutErrors errors) => CompositeBelief.Make(
            new SpaceCoordinates(Square), places, [.. trainings.Select(t => t.Outputs!)], null, (y, _) => Cost(y), null, 1, new RandomStreams(seed), CancellationToken.None, errors)!;

        // Each training from the others by kriging of its own at the same θ, with the draws of the whole before they are widened.
        var belief = Make(LeftOutErrors.Answered);
        var fit = belief.Fit;
        double sum = 0;
        for (var k = 0; k < fit.Count; k++)
        {
            int[] others = [.. Enumerable.Range(0, fit.Count).Where(i => i != k)];
            double[] weights = new double[others.Length], whole = new double[fit.Count], values = new double[12];
            var layout = fit.Likelihood.Layout;
            var without = AnchorKriging.At([.. others.SelectMany(i => places[i])], layout, GramMatrix.Of(new double[others.Length]), fit.Theta.ToArray());
            var reach = Math.Sqrt(without.Weights(places[k], weights) + fit.Nugget);
            for (var s = 0; s < values.Length; s++)
            {
                Array.Clear(whole);
                for (var i = 0; i < others.Length; i++)
                {
                    whole[others[i]] = weights[i];
                }

                for (var i = 0; i < whole.Length; i++)
                {
                    whole[i] += reach * belief.SpreadOf(s)[i] / belief.LeftOut;
                }

                values[s] = belief.Value(whole, places[k]);
            }

            var mean = values.Average();
            sum += Math.Pow(trainings[k].Value!.Value - mean, 2) / values.Average(value => (value - mean) * (value - mean));
        }

        var root = Math.Sqrt((8 + sum) / (8 + fit.Count));
        Assert.Equal(1, belief.LeftOut / root, 1e-3);

        // A search is narrowed by the same where the largest errors are small, and an interval that is told never.
        var (searched, told) = (Make(LeftOutErrors.Searched).LeftOut, Make(LeftOutErrors.Told).LeftOut);
        Assert.True(searched > 1 ? told == searched : told == 1 && searched == Math.Min(1, belief.LeftOut), $"{told}, {searched}, {belief.LeftOut}");
    }

    [Fact]
    public void BeliefsBetweenTrainingsHoldTheTruth()
    {
        var policy = Policy(Square);
        var analysis = policy.Analyse(Train(policy, c => Value(c), 6, Outputs, Cost), Cost)!;
        var stream = new RandomStreams(5).Stream("places");
        var inside = 0;
        for (var i = 0; i < 60; i++)
        {
            var place = new Configuration(("a", stream.NextDouble()), ("b", stream.NextDouble()));
            var belief = analysis.At(place);
            var truth = Value(place);
            inside += truth >= belief.Low - 0.01 && truth <= belief.High + 0.01 ? 1 : 0;
            Assert.True(belief.Low <= belief.Mean + 1e-9 && belief.Mean <= belief.High + 1e-9);
        }

        Assert.True(inside >= 42, $"{inside} of 60 intervals of 90 % hold the value");
    }

    [Fact]
    public void OutputsThatTellNothingAreNotBelieved()
    {
        // The network's answers are noise, while the value has an order: what is made of the answers foretells nothing.
        var noise = new RandomStreams(9).Stream("noise");
        var policy = Policy(Square);
        var trainings = Train(policy, c => Bowl(c), 12, _ => Matrix.Create(Rows, 1, (_, row) => row[0] = (float)noise.NextNormal()));
        Func<Matrix, double> cost = y => 100 * Enumerable.Range(0, y.Rows).Sum(i => y.Exact(i, 0));

        var analysis = policy.Analyse(trainings, cost)!;

        Assert.False(analysis.IsComposite);
        Assert.True(analysis.Trust < 0.5);
        Assert.NotNull(policy.Analyse(trainings, y => y.Exact(0, 0))!.At(trainings[0].Configuration).ToString());
    }

    [Theory]
    [InlineData(1e6)]
    [InlineData(1e30)]
    public void OutputsOfTrainingsThatDivergedAreSetAside(double size)
    {
        // Beyond a line every output is huge; the best lies on this side of it.
        var best = Enumerable.Range(0, 101 * 101).Select(i => new Configuration(("a", i % 101 / 100.0), ("b", i / 101 / 100.0))).MinBy(Value)!;
        bool Diverges(Configuration c) => Math.Abs(c["a"] - best["a"]) + Math.Abs(c["b"] - best["b"]) > 0.6;
        var policy = Policy(Square, new SpacePolicyOptions { Epsilon = 1e-6 });
        var trainings = Train(
            policy, c => Diverges(c) ? size : Value(c), 12, c => Diverges(c) ? Matrix.Create(Rows, 1, (_, row) => row[0] = (float)size) : Outputs(c), Cost);
        var analysis = policy.Analyse(trainings, Cost)!;

        Assert.NotEmpty(analysis.Extreme);
        Assert.All(analysis.Extreme, extreme => Assert.Equal(size, extreme.Value));
        Assert.True(analysis.IsComposite && analysis.Trust > 0.9, $"the trust is {analysis.Trust}");
        Assert.True(Best(trainings) < Value(best) + 2e-3, $"the best is {Best(trainings)}, the least {Value(best)}");
    }

    [Fact]
    public void AnObjectiveThatHasNoAnswerIsWorkedWith()
    {
        var policy = Policy(Square);
        Func<Matrix, double> throws = y => y.Exact(0, 0) > 0.6 ? throw new InvalidOperationException("no answer") : Cost(y);
        Func<Matrix, double> none = y => y.Exact(0, 0) > 0.6 ? double.NaN : Cost(y);
        var trainings = Train(policy, c => Value(c), 3, Outputs);

        Assert.NotNull(policy.Analyse(trainings, throws)!.Next([]));
        Assert.Equal(policy.Analyse(trainings, none)!.Next([]), policy.Analyse(trainings, throws)!.Next([]));
        Assert.NotNull(policy.Analyse(trainings, _ => double.NaN));
    }

    [Fact]
    public void TrainingsWithoutOutputsAreLeftToTheValues()
    {
        var policy = Policy(Square);
        var trainings = Train(policy, c => Value(c), 4, Outputs, Cost);

        Assert.False(policy.Analyse([.. trainings.Select(t => t with { Outputs = null })], Cost)!.IsComposite);
        Assert.True(policy.Analyse([.. trainings.Select(t => t.Number == 0 ? t with { Outputs = null } : t)], Cost)!.IsComposite);
        Assert.False(policy.Analyse(trainings, null)!.IsComposite);
    }

    [Fact]
    public void ACancelledObjectiveEndsTheWork()
    {
        var policy = Policy(Square);
        var trainings = Train(policy, c => Value(c), 2, Outputs);
        using var source = new CancellationTokenSource();
        var calls = 0;

        Assert.ThrowsAny<OperationCanceledException>(() => policy.Analyse(trainings, y =>
        {
            if (++calls > 20)
            {
                source.Cancel();
            }

            return Cost(y);
        }, source.Token)!.Next([], source.Token));
        Assert.True(calls < 300, $"{calls} calls");
    }

    [Fact]
    public void AProposalAsksTheObjectiveAThousandTimesAtMost()
    {
        var policy = Policy(Square, new SpacePolicyOptions { Epsilon = 1e-6 });
        var trainings = Train(policy, c => Value(c), 3, Outputs);
        for (var more = 0; more < 2; more++)
        {
            var calls = 0;
            var next = policy.Analyse(trainings, y =>
            {
                calls++;
                return Cost(y);
            })!.Next([])!.Value;

            Assert.InRange(calls, 100, 1300);
            trainings.Add(TrainingEnded.Seen(trainings.Count, next.Configuration, Value(next.Configuration), Outputs(next.Configuration)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void OutputsThatScatterFromTrainingToTrainingMakeValuesThatDo(double scatter)
    {
        RandomStream places = new RandomStreams(6).Stream("places"), noise = new RandomStreams(7).Stream("noise");
        Matrix Scattered(Configuration c)
        {
            var (base0, tilt) = (scatter * noise.NextNormal(), scatter * noise.NextNormal());
            var y = Outputs(c);
            return Matrix.Create(Rows, 1, (i, row) => row[0] = (float)(y.Exact(i, 0) + base0 + tilt * Math.Cos(i)));
        }

        List<TrainingEnded> trainings = [.. Enumerable.Range(0, 20).Select(i =>
        {
            var place = new Configuration(("a", places.NextDouble()), ("b", places.NextDouble()));
            var outputs = Scattered(place);
            return TrainingEnded.Seen(i, place, Cost(outputs), outputs);
        })];
        SpaceAnalysis Of(double? variance, Func<Matrix, double>? objective) => Policy(Square, new SpacePolicyOptions { NoiseVariance = variance }).Analyse(trainings, objective)!;
        var analysis = Of(null, Cost);

        Assert.Equal(scatter == 0, analysis.IsExact);
        Assert.Equal(0, Of(0, Cost).NoiseDeviation);
        if (scatter == 0)
        {
            Assert.Equal(0, analysis.NoiseDeviation);
            return;
        }

        // What the value scatters by at the best place, by trainings that are not among those.
        var best = trainings[analysis.Best].Configuration;
        double[] again = [.. Enumerable.Range(0, 400).Select(_ => Cost(Scattered(best)))];
        var deviation = Math.Sqrt(again.Average(v => Math.Pow(v - again.Average(), 2)));
        Assert.InRange(analysis.NoiseDeviation / deviation, 0.4, 2.5);
        Assert.InRange(analysis.At(best).Mean, Value(best) - 3 * deviation, Value(best) + 3 * deviation);
        Assert.True(analysis.At(best).Deviation > 0);
    }

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(1, 1e9, false)]
    [InlineData(1e200, 0, false)]
    public void OutputsThatSinglePrecisionCannotTellApartAreNotBelieved(double unit, double offset, bool isBelieved)
    {
        var policy = Policy(Square);
        Matrix Own(Configuration c) => Matrix.FromDoubles(1, 1, [unit * Bowl(c) + offset]);
        static double Only(Matrix y) => y.Exact(0, 0);

        var trainings = Train(policy, c => Only(Own(c)), 4, Own, Only);
        var analysis = policy.Analyse(trainings, Only)!;

        Assert.Equal(isBelieved, analysis.IsComposite);
        Assert.InRange((Best(trainings) - offset) / unit, 0, 0.05);
    }

    private static int TrainingsTo(int seed, Func<Matrix, double>? objective)
    {
        var policy = Policy(Square, new SpacePolicyOptions { Epsilon = 1e-4 }, seed);
        var trainings = Train(policy, c => Value(c), 20, Outputs, objective);
        var least = Enumerable.Range(0, 10201).Min(i => Value(new Configuration(("a", i % 101 / 100.0), ("b", i / 101 / 100.0))));
        return Enumerable.Range(0, trainings.Count).First(k => k == trainings.Count - 1 || trainings[k].Value <= least + 0.01);
    }

    // Curves whose place and height move with a and b: their square distance from an aim has several valleys.
    private static Matrix Outputs(Configuration c) => Matrix.Create(Rows, 1, (i, row) => row[0] = (float)(Math.Sin(3 * c["a"] + 0.4 * i) + c["b"] * Math.Cos(0.9 * i - 2 * c["b"])));

    private static double Cost(Matrix y) => Enumerable.Range(0, y.Rows).Average(i => Math.Pow(y.Exact(i, 0) - 0.7 * Math.Sin(2 + 0.5 * i), 2)) + 0.3 * Enumerable.Range(0, y.Rows).Max(i => y.Exact(i, 0));

    private static double Value(Configuration c) => Cost(Outputs(c));
}
