using HtiTune.Data;
using HtiTune.Journal;
using HtiTune.Surrogates;
using HtiTune.Tests.Data;

namespace HtiTune.Tests.Tuning;

/// <summary>Outputs in double precision reach objectives, surrogate and disk as doubles.</summary>
public class DoublePrecisionTests
{
    private static readonly ContinuousHyperparameter s_x = Hyperparameter.Continuous("x", 0, 1);

    [Theory]
    [InlineData(1e9, 1)]
    [InlineData(-1234567.89, 0.01)]
    [InlineData(1e12, 1)]
    [InlineData(0, 1e-60)]
    [InlineData(0, 1e290)]
    [InlineData(1e30, 1e20)]
    [InlineData(0, 1)]
    public void A_surrogate_keeps_differences_that_single_precision_loses(double offset, double size)
    {
        double Truth(double lambda, int i) => offset + size * (i / 20.0 + (lambda - 0.3) * (lambda - 0.3));
        var contexts = new Contexts(Matrix.Create(40, 1, (i, row) => row[0] = i));
        AnchorSet Of(params double[] lambdas) => new(s_x, lambdas.Select(lambda => new Anchor(
            lambda, new Samples(Matrix.FromDoubles(40, 1, [.. Enumerable.Range(0, 40).Select(i => Truth(lambda, i))]), contexts))));
        var surrogate = ScaledSurrogate.Fit(Of(0, 0.5), Fit, null);
        surrogate = ScaledSurrogate.Fit(Of(0, 0.25, 0.5, 0.75, 1), Fit, surrogate);
        foreach (var lambda in new[] { 0, 0.4, 0.75, 0.9 })
        {
            var got = surrogate.Sample(lambda, contexts).Samples.Outputs;
            for (var i = 0; i < 40; i++)
            {
                // The quantum of doubles near 1e12 is 1e-4 of the size.
                Assert.InRange((got.Exact(i, 0) - Truth(lambda, i)) / size, -0.02, 0.02);
            }
        }
    }

    [Fact]
    public void Where_single_precision_loses_nothing_nothing_changes()
    {
        var contexts = Contexts.None(30);
        var stream = new RandomStreams(1).Stream("y");
        var doubles = new AnchorSet(s_x, new[] { 0, 0.5, 1 }.Select(lambda => new Anchor(
            lambda, new Samples(Matrix.FromDoubles(30, 1, [.. Enumerable.Range(0, 30).Select(_ => lambda + stream.NextNormal())]), contexts))));
        var singles = new AnchorSet(s_x, doubles.Select(anchor => new Anchor(
            anchor.Lambda, new Samples(new Matrix(30, 1, anchor.Samples.Outputs.Values.ToArray()), contexts))));
        var (a, b) = (ScaledSurrogate.Fit(doubles, Fit, null), ScaledSurrogate.Fit(singles, Fit, null));
        Assert.IsType<TrajectorySurrogate>(a);
        Assert.True(a.Sample(0.3, contexts).Samples.Outputs.SameAs(b.Sample(0.3, contexts).Samples.Outputs));
    }

    [Fact]
    public void Units_stay_while_they_are_right_and_a_fit_in_others_begins_anew()
    {
        var asked = new List<ISurrogate?>();
        ISurrogate Counted(AnchorSet anchors, ISurrogate? previous)
        {
            asked.Add(previous);
            return Fit(anchors, null);
        }

        AnchorSet Of(double offset, params double[] lambdas) => new(s_x, lambdas.Select(lambda =>
            new Anchor(lambda, new Samples(Matrix.FromDoubles(1, 1, [offset + lambda]), Contexts.None(1)))));
        var first = ScaledSurrogate.Fit(Of(1e9, 0, 1), Counted, null);
        var second = ScaledSurrogate.Fit(Of(1e9, 0, 0.25, 1), Counted, first);
        ScaledSurrogate.Fit(Of(5e11, 0, 0.25, 1), Counted, second);
        ScaledSurrogate.Fit(Of(0, 0, 0.25, 1), Counted, second);
        Assert.Same(((ScaledSurrogate)first).Units, ((ScaledSurrogate)second).Units);
        Assert.Equal([null, ((ScaledSurrogate)first).Inner, null, null], asked);
    }

    [Theory]
    [InlineData(1e9)]
    [InlineData(0)]
    public void A_study_judges_trained_networks_by_their_doubles_and_keeps_them_on_disk(double offset)
    {
        using var folder = new TemporaryFolder();
        double Truth(double lambda) => offset + (lambda - 0.3) * (lambda - 0.3);
        var network = Network.Create((request, _) => request.Lambda, (double lambda, Contexts contexts, long _) =>
            Matrix.FromDoubles(contexts.Count, 1, [.. Enumerable.Repeat(Truth(lambda), contexts.Count)]));
        double Value(IConditionalModel model) => model.Sample(Contexts.None(3)).Outputs.Exact(1, 0);
        var path = folder.File("study");
        double[] values;
        using (var tuner = Tuner.Open(path, network, s_x, Contexts.None(3), new TunerOptions { MaxTrainings = 8 }))
        {
            var study = tuner.Optimize(Value);
            values = [.. study.Trials.Select(trial => trial.Value!.Value)];
            Assert.Equal(study.Trials.Select(trial => Truth(trial.Lambda)), values);
            Assert.InRange(study.Lambda, 0.2, 0.4);
        }

        var anchors = StudyJournal.Read(path).LoadAnchors();
        Assert.All(anchors, anchor => Assert.Equal(Truth(anchor.Lambda), anchor.Samples.Outputs.Exact(2, 0)));
        using var again = Tuner.Load(path, network);
        Assert.Equal(values, again.Optimize(Value, maxTrainings: 0).Trials.Select(trial => trial.Value!.Value));
    }

    [Fact]
    public void Contexts_on_disk_keep_doubles_and_those_of_before_are_the_same()
    {
        double[] conditions = [0.1, 0.2, 1e9 + 0.5, 7];
        foreach (var contexts in new[] { new Contexts(Matrix.FromDoubles(2, 2, conditions)), new Contexts(Matrix.FromDoubles(2, 2, conditions), [1, 0], 2) })
        {
            var back = StudyFolder.ToContexts(StudyFolder.ToMatrix(contexts), contexts.CategoryCount);
            Assert.Equal(1e9 + 0.5, back.Conditions.Exact(1, 0));
            Assert.True(back.SameAs(contexts));
            Assert.True(new Contexts(new Matrix(2, 2, contexts.Conditions.Values.ToArray()), contexts.CategoryCount == 0 ? null : [1, 0], contexts.CategoryCount).SameAs(contexts));
        }
    }

    [Fact]
    public void Repeated_trainings_are_averaged_in_double_precision()
    {
        Samples Of(double value) => new(Matrix.FromDoubles(1, 1, [value]), Contexts.None(1));
        var pooled = Assert.Single(Replicates.Pool([(new Configuration("x", 0.5), Of(1e9 + 0.25)), (new Configuration("x", 0.5), Of(1e9 + 0.75))], isLine: true));
        Assert.Equal(1e9 + 0.5, pooled.Samples.Outputs.Exact(0, 0));
    }

    [Fact]
    public void A_fit_says_which_column_single_precision_spoils()
    {
        AnchorSet Of(double offset) => new(s_x, new[] { 0, 0.5, 1 }.Select(lambda => new Anchor(
            lambda, new Samples(Matrix.FromDoubles(40, 2, [.. Enumerable.Range(0, 80).Select(i => i % 2 == 0 ? i : offset + 0.001 * i + lambda)]), Contexts.None(40)))));
        Assert.Empty(TrajectorySurrogate.Fit(Of(10), new TrajectoryOptions { TrainMaps = false }).Report.Warnings);
        var warning = Assert.Single(TrajectorySurrogate.Fit(Of(1e9), new TrajectoryOptions { TrainMaps = false }).Report.Warnings);
        Assert.Contains("column 1 lies near 1E+09", warning, StringComparison.Ordinal);
        Assert.Contains("rounds it by up to 64", warning, StringComparison.Ordinal);
    }

    private static ISurrogate Fit(AnchorSet anchors, ISurrogate? previous) => previous is TrajectorySurrogate fitted
        ? fitted.Extend(anchors)
        : TrajectorySurrogate.Fit(anchors, new TrajectoryOptions { TrainMaps = false });
}
