namespace HtiTune.Benchmarks.Quality.Scores;

/// <summary>Mean and standard deviation of a few numbers (divided by their count, as NumPy's <c>std</c>).</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The square root of the mean squared distance to the mean.</param>
internal readonly record struct Spread(double Mean, double Deviation)
{
    internal static Spread Of(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return new Spread(mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
    }
}
