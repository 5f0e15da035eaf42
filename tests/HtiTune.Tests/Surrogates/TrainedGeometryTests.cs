using HtiTune.Data;
using HtiTune.Surrogates;

namespace HtiTune.Tests.Surrogates;

/// <summary>What a fit needs of libtorch is registered in a line, and asked for by name.</summary>
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

    [Fact]
    public void A_default_fit_does_without_it()
    {
        var surrogate = Without(() => TrajectorySurrogate.Fit(Anchors(), new TrajectoryOptions { TrainMaps = false }));
        Assert.Equal(2, surrogate.Anchors.Count);
    }

    private static T Without<T>(Func<T> body)
    {
        var registered = TrainedGeometry.Registered;
        try
        {
            TrainedGeometry.Registered = null;
            return body();
        }
        finally
        {
            TrainedGeometry.Registered = registered;
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
