using HtiTune.Data;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Surrogates;

/// <summary>Rows far outside all others do not spoil the answers for the others, and are said; rows that are only unusual are not cut.</summary>
public class RowScreenTests
{
    private static readonly double[] s_lambdas = [0, 0.25, 0.5, 0.75, 1];

    [Theory]
    [InlineData(1e4, 1)]
    [InlineData(-1e6, 0)]
    [InlineData(1e10, 4)]
    [InlineData(1e30, 2)]
    [InlineData(3e38, 3)]
    public void A_diverged_value_leaves_the_other_rows_as_they_were(double value, int anchor)
    {
        var clean = Curved();
        var spoilt = Replaced(clean, (k, i, j) => k == anchor && i == 3 && j == 0 ? (float)value : null);
        var surrogate = Fitted(spoilt);
        var truth = Answer(0.6);
        var (before, after) = (MedianError(Fitted(clean), truth), MedianError(surrogate, truth));
        Assert.True(after <= 2 * before + 1e-5, $"median error {after:G3}; {before:G3} without the diverged value");
        Assert.Equal([new SetAsideRow(s_lambdas[anchor], 3, 0, (float)value)], surrogate.Report.SetAside);
        Assert.Contains($"lambda = {s_lambdas[anchor]}: row 3 of 60", Assert.Single(surrogate.Report.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Anchors_stay_exact_for_all_their_rows()
    {
        var spoilt = Replaced(Curved(), (k, i, j) => k == 1 && i == 3 ? 1e8f : null);
        var surrogate = Fitted(spoilt);
        foreach (var anchor in spoilt)
        {
            var got = surrogate.Sample(anchor.Lambda, anchor.Samples.Contexts).Samples.Outputs;
            for (var i = 0; i < got.Rows; i++)
            {
                Assert.Equal(anchor.Samples.Outputs[i, 0], got[i, 0], 1e-5f * Math.Max(1, Math.Abs(anchor.Samples.Outputs[i, 0])));
            }
        }
    }

    [Fact]
    public void A_model_file_remembers_what_was_set_aside_and_a_surrogate_can_grow()
    {
        using var folder = new TemporaryFolder();
        var spoilt = Replaced(Curved(), (k, i, j) => k == 1 && i == 3 ? 1e8f : null);
        var first = TrajectorySurrogate.Fit(new AnchorSet(Problems.Unit, spoilt.Where(anchor => anchor.Lambda != 0.75)), new TrajectoryOptions { TrainMaps = false });
        var grown = first.Extend(spoilt);
        grown.Save(folder.File("m.hti"));
        var loaded = TrajectorySurrogate.Load(folder.File("m.hti"));
        Assert.Equal(3, Assert.Single(loaded.Report.SetAside).Row);
        Assert.True(MedianError(loaded, Answer(0.6)) < 0.01);
    }

    [Fact]
    public void Maps_move_new_rows_as_without_the_diverged_value()
    {
        var clean = Curved();
        var options = new TrajectoryOptions { MapSteps = 200 };
        var rows = clean[0].Samples;
        var a = TrajectorySurrogate.Fit(clean, options).Transport(rows, 0, 0.6);
        var b = TrajectorySurrogate.Fit(Replaced(clean, (k, i, j) => k == 1 && i == 3 ? 1e12f : null), options).Transport(rows, 0, 0.6);
        double[] errors = [.. Enumerable.Range(0, rows.Count).Where(i => i != 3).Select(i => Math.Abs((double)a[i, 0] - b[i, 0])).Order()];
        Assert.True(errors[errors.Length / 2] < 0.02, $"{errors[errors.Length / 2]:G3}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_percent_of_outliers_leaves_the_other_rows_as_they_were(bool byContext)
    {
        var clean = byContext ? Curved(rows: 300) : Draws(300);
        var stream = new RandomStreams(4).Stream("outliers");
        var hit = clean.Select(_ => Enumerable.Range(0, 3).Select(_ => stream.NextInt(300)).ToHashSet()).ToArray();
        var spoilt = Replaced(clean, (k, i, j) => hit[k].Contains(i) ? (float)(1e3 * Math.Pow(10, i % 4) * (i % 2 == 0 ? 1 : -1)) : null);
        var (a, b) = (Fitted(clean), Fitted(spoilt));
        Assert.Equal(hit.Sum(rows => rows.Count), b.Report.SetAside.Count);
        var contexts = clean[0].Samples.Contexts;
        double[] x = Sorted(a), y = Sorted(b);
        double[] differences = [.. x.Zip(y, (p, q) => Math.Abs(p - q)).Order()];
        Assert.True(differences[150] < 0.03, $"{differences[150]:G3}");

        double[] Sorted(TrajectorySurrogate surrogate) =>
            [.. surrogate.Sample(0.6, contexts).Samples.Outputs.Values.ToArray().Select(value => (double)value).Order()];
    }

    public static TheoryData<string> Unusual => [.. s_unusual.Keys];

    private static readonly Dictionary<string, Func<AnchorSet>> s_unusual = new()
    {
        ["Student's t, many"] = () => Draws(2000, Student),
        ["Student's t, few"] = () => Draws(60, Student),
        ["log-normal"] = () => Draws(500, stream => Math.Exp(2 * stream.NextNormal())),
        ["exponential"] = () => Draws(500, stream => -Math.Log(1 - stream.NextDouble())),

        // What all rows do is no deviation.
        ["a jump"] = () => Formula((lambda, i) => lambda > 0.6 ? 1e6 + i : i),
        ["growth by e to the 20"] = () => Formula((lambda, i) => Math.Exp(20 * lambda) * (1 + 0.01 * i)),
        ["a tenth of the rows jumps"] = () => Formula((lambda, i) => lambda > 0.6 && i % 10 == 0 ? 1e6 : i),
        ["mostly 0, rarely 1"] = () => Formula((_, i) => i == 7 ? 1 : 0),
        ["a constant"] = () => Formula((_, _) => 0.5),
    };

    [Theory]
    [MemberData(nameof(Unusual))]
    public void What_is_only_unusual_is_not_cut(string what) => Assert.Equal([], Screened(s_unusual[what]())?.Texts ?? []);

    [Fact]
    public void Groups_are_judged_by_themselves()
    {
        // Category 1 lies a million from category 0; within it, row 1 is far off.
        var contexts = Contexts.Of([.. Enumerable.Range(0, 100).Select(i => i % 2)], 2);
        var stream = new RandomStreams(1).Stream("groups");
        AnchorSet Of(float? value) => new(Problems.Unit, s_lambdas.Select(lambda => new Anchor(lambda, new Samples(
            Matrix.Create(100, 1, (i, row) => row[0] = lambda == 0.5 && i == 1 && value is { } far ? far : (float)(1e6 * (i % 2) + stream.NextNormal())), contexts))));
        Assert.Null(Screened(Of(null)));
        Assert.Equal(1, Assert.Single(Screened(Of(1e9f))!.Rows).Row);
    }

    [Fact]
    public void Few_rows_tell_nothing_of_each_other() =>
        Assert.Null(Screened(Replaced(Curved(rows: 12), (k, i, j) => k == 1 && i == 3 ? 1e9f : null)));

    private static RowScreen? Screened(AnchorSet anchors) => RowScreen.Of(anchors, CouplingKind.Auto);

    private static TrajectorySurrogate Fitted(AnchorSet anchors) => TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { TrainMaps = false });

    private static double Curve(double lambda, double x) => x * lambda + x * x * lambda * lambda;

    private static AnchorSet Curved(int rows = 60)
    {
        var contexts = new Contexts(Matrix.Create(rows, 1, (i, row) => row[0] = i / (float)rows));
        return new AnchorSet(Problems.Unit, s_lambdas.Select(lambda => new Anchor(
            lambda, new Samples(Matrix.Create(rows, 1, (i, row) => row[0] = (float)Curve(lambda, i / (double)rows)), contexts))));
    }

    private static double[] Answer(double lambda) => [.. Enumerable.Range(0, 60).Select(i => Curve(lambda, i / 60.0))];

    private static double MedianError(TrajectorySurrogate surrogate, double[] truth)
    {
        var got = surrogate.Sample(0.6, Curved()[0].Samples.Contexts).Samples.Outputs;
        double[] errors = [.. Enumerable.Range(0, 60).Where(i => i != 3).Select(i => Math.Abs(got[i, 0] - truth[i])).Order()];
        return errors[errors.Length / 2];
    }

    private static AnchorSet Draws(int rows, Func<RandomStream, double>? law = null)
    {
        var stream = new RandomStreams(2).Stream("draws");
        return new AnchorSet(Problems.Unit, s_lambdas.Select(lambda => new Anchor(
            lambda, new Samples(Matrix.Create(rows, 1, (_, row) => row[0] = (float)(lambda + (law ?? (one => 0.3 * one.NextNormal()))(stream))), Contexts.None(rows)))));
    }

    private static AnchorSet Formula(Func<double, int, double> of) => new(Problems.Unit, s_lambdas.Select(lambda => new Anchor(
        lambda, new Samples(Matrix.Create(100, 1, (i, row) => row[0] = (float)of(lambda, i)), new Contexts(Matrix.Create(100, 1, (i, row) => row[0] = i))))));

    // Student's t with 3 degrees of freedom.
    private static double Student(RandomStream stream)
    {
        double Square() => Math.Pow(stream.NextNormal(), 2);
        return stream.NextNormal() / Math.Sqrt((Square() + Square() + Square()) / 3);
    }

    private static AnchorSet Replaced(AnchorSet anchors, Func<int, int, int, float?> value) => new(anchors.Hyperparameter, anchors.Select((anchor, k) =>
        new Anchor(anchor.Lambda, new Samples(
            Matrix.Create(anchor.Samples.Count, anchor.Samples.Dimension, (i, row) =>
            {
                for (var j = 0; j < row.Length; j++)
                {
                    row[j] = value(k, i, j) ?? anchor.Samples.Outputs[i, j];
                }
            }),
            anchor.Samples.Contexts))));
}
