using HtiTune.Data;

namespace HtiTune.Benchmarks.Laws;

/// <summary>Where the outputs of a law lie over all λ: what preferences are set by.</summary>
internal sealed class OutputScale
{
    private const int Places = 41;

    private readonly double[][] _sorted;
    private readonly double[][] _means;

    /// <param name="law">The law.</param>
    public OutputScale(OutputLaw law)
    {
        Matrix[] outputs = [.. Enumerable.Range(0, Places).Select(i => law.At(law.Hyperparameter.FromUnit(i / (Places - 1.0))))];
        _means = [.. Enumerable.Range(0, law.Dimension).Select(j => outputs.Select(y => Enumerable.Range(0, y.Rows).Average(i => (double)y[i, j])).ToArray())];
        _sorted = [.. Enumerable.Range(0, law.Dimension).Select(j => outputs.SelectMany(y => Enumerable.Range(0, y.Rows).Select(i => (double)y[i, j])).Order().ToArray())];
        Deviations = [.. _sorted.Select(values =>
        {
            var mean = values.Average();
            return Math.Sqrt(values.Average(y => (y - mean) * (y - mean)));
        })];
    }

    /// <summary>Standard deviation of each column over rows and λ.</summary>
    public double[] Deviations { get; }

    /// <summary>Mean of a column at a place of the range, 0 to 1, linear between the places that were swept.</summary>
    public double MeanAt(int column, double u)
    {
        var place = u * (Places - 1);
        var low = Math.Min((int)place, Places - 2);
        return _means[column][low] + (place - low) * (_means[column][low + 1] - _means[column][low]);
    }

    /// <summary>Quantile of a column over rows and λ.</summary>
    public double Quantile(int column, double share) => _sorted[column][(int)(share * (_sorted[column].Length - 1))];
}
