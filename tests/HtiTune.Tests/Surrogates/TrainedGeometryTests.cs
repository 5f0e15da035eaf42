using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates;

/// <summary>What a fit needs of libtorch, or of the baselines, is registered in a line, and asked for by name.</summary>
[Collection(Alone.Name)]
public class TrainedGeometryTests
{
    public static TheoryData<TrajectoryOptions> Trained =>
    [
        new TrajectoryOptions { Coupling = CouplingKind.Dual },
        new TrajectoryOptions { Metric = MetricKind.Fixed },
        new TrajectoryOptions { Metric = MetricKind.Learned },
    ];

    [Theory]
    [MemberData(nameof(Trained))]
    public void Without_it_the_error_names_the_package_and_the_line(TrajectoryOptions options)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Without(() => TrajectorySurrogate.Fit(Anchors(), options)));
        Assert.Contains("HtiTune.Surrogates.Torch", error.Message, StringComparison.Ordinal);
        Assert.Contains("TorchSurrogates.Register();", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Method.Regression)]
    [InlineData(Method.FlowMatching)]
    [InlineData(Method.MetricFlowMatching)]
    [InlineData(Method.Nlot)]
    public void Without_the_baselines_the_error_names_the_package_and_the_line(Method method)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Without(() => TrajectorySurrogate.Fit(Anchors(), new TrajectoryOptions { Method = method })));
        Assert.Contains($"Method = {method} is a baseline", error.Message, StringComparison.Ordinal);
        Assert.Contains("HtiTune.Surrogates.Baselines", error.Message, StringComparison.Ordinal);
        Assert.Contains("BaselineSurrogates.Register();", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_a_baseline_is_not_read_without_them()
    {
        using var folder = new HtiTune.Tests.Data.TemporaryFolder();
        var path = folder.File("regression.hti");
        TrajectorySurrogate.Fit(Anchors(), new TrajectoryOptions { Method = Method.Regression, MapSteps = 10 }).Save(path);
        Assert.Contains("BaselineSurrogates.Register();", Assert.Throws<InvalidOperationException>(() => Without(() => SurrogateFile.Load(path))).Message, StringComparison.Ordinal);
        Assert.Equal(2, SurrogateFile.Load(path).Anchors.Count);
    }

    [Fact]
    public void A_default_fit_does_without_it()
    {
        var surrogate = Without(() => TrajectorySurrogate.Fit(Anchors(), new TrajectoryOptions { TrainMaps = false }));
        Assert.Equal(2, surrogate.Anchors.Count);
    }

    private static T Without<T>(Func<T> body)
    {
        var registered = (TrainedGeometry.Registered, PublishedMethods.Registered);
        try
        {
            (TrainedGeometry.Registered, PublishedMethods.Registered) = (null, null);
            return body();
        }
        finally
        {
            (TrainedGeometry.Registered, PublishedMethods.Registered) = registered;
        }
    }

    private static AnchorSet Anchors()
    {
        var hyperparameter = Hyperparameter.Continuous("x", 0, 1);
        var contexts = Contexts.None(8);
        return new AnchorSet(hyperparameter, [.. new[] { 0.0, 1.0 }.Select(lambda =>
            new Anchor(lambda, new Samples(Matrix.Create(8, 2, (i, row) => (row[0], row[1]) = (i + (float)lambda, i * i)), contexts)))]);
    }
}
