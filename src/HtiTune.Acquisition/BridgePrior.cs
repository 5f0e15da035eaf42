namespace HtiTune.Acquisition;

/// <summary>What the bridge process assumes before it weighs anything, made concrete for given observations.</summary>
internal sealed class BridgePrior
{
    // Where the noise is given, r is enumerated around its guess τ̄²/s₀², which is only as good as s₀.
    private static readonly double[] GivenNoiseDecades = [-2, -1.5, -1, -0.5, 0, 0.5, 1];

    /// <summary>Centre c.</summary>
    public required double Centre { get; init; }

    /// <summary>Scale s₀.</summary>
    public required double Scale { get; init; }

    /// <summary>a₀.</summary>
    public required double Shape { get; init; }

    /// <summary>ω, [n], mean 1.</summary>
    public required double[] RelativeNoise { get; init; }

    /// <summary>(ℓ, log prior weight).</summary>
    public required (double Value, double LogWeight)[] LengthScales { get; init; }

    /// <summary>(r, log prior weight).</summary>
    public required (double Value, double LogWeight)[] NoiseRatios { get; init; }

    public static BridgePrior Of(IReadOnlyList<Observation> observations, BridgeOptions options)
    {
        if (observations.Count == 0)
        {
            throw new ArgumentException("The bridge process needs at least one observation.", nameof(observations));
        }

        for (var i = 0; i < observations.Count; i++)
        {
            var (u, value, predicted, noise, earlier) = observations[i];
            if (!double.IsFinite(u) || !double.IsFinite(value) || predicted is { } p && !double.IsFinite(p)
                || noise is { } v && !(v >= 0 && double.IsFinite(v)))
            {
                throw new ArgumentException($"Observation {i} holds a number that is not finite, or a negative noise variance.", nameof(observations));
            }

            if (earlier is not null && earlier.Count != i)
            {
                throw new ArgumentException($"Observation {i} has {earlier.Count} earlier predictions; expected {i}.", nameof(observations));
            }
        }

        double[] first = [.. observations.Where(o => !o.IsExtreme).Take(options.InitialCount).Select(o => o.Value)];
        if (first.Length == 0)
        {
            first = [.. observations.Take(options.InitialCount).Select(o => o.Value)];
        }

        var centre = first.Average();
        var scale = options.ValueScale ?? HalfRange(first, observations);
        var given = observations.Where(o => o.NoiseVariance is not null).Select(o => o.NoiseVariance!.Value).DefaultIfEmpty(double.NaN).Average();
        return new BridgePrior
        {
            Centre = centre,
            Scale = scale,
            Shape = options.VarianceShape,
            RelativeNoise = [.. observations.Select(o => given > 0 ? (o.NoiseVariance ?? given) / given : 1)],
            LengthScales = LengthScaleGrid(options),
            NoiseRatios = NoiseGrid(options, given, scale),
        };
    }

    /// <summary>ln Π_t p(y_t | y_&lt;t), and √(b_n/a_n), of a component without the surrogate.</summary>
    /// <param name="values">y − c, [n].</param>
    /// <param name="means">One step ahead, [n].</param>
    /// <param name="variances">One step ahead, over σ², [n].</param>
    /// <param name="logDensities">Receives ln p(y_t | y_&lt;t), [n].</param>
    public (double LogDensity, double Scale) Prequential(
        ReadOnlySpan<double> values, ReadOnlySpan<double> means, ReadOnlySpan<double> variances, Span<double> logDensities)
    {
        double a = Shape, b = Shape * Scale * Scale, sum = 0;
        for (var t = 0; t < values.Length; t++)
        {
            logDensities[t] = Next(values[t] - means[t], variances[t], ref a, ref b);
            sum += logDensities[t];
        }

        return (sum, Math.Sqrt(b / a));
    }

    /// <summary>The same with a share of the surrogate, for one scale factor of its errors.</summary>
    /// <param name="values">y − c, [n].</param>
    /// <param name="means">One step ahead, [n].</param>
    /// <param name="variances">One step ahead, over σ², [n].</param>
    /// <param name="predicted">What the surrogate predicted, NaN where it was not asked, [n].</param>
    /// <param name="plain">ln p(y_t | y_&lt;t) without the surrogate, [n].</param>
    /// <param name="factor">φ.</param>
    public (double LogDensity, double Scale) Prequential(
        ReadOnlySpan<double> values,
        ReadOnlySpan<double> means,
        ReadOnlySpan<double> variances,
        ReadOnlySpan<double> predicted,
        ReadOnlySpan<double> plain,
        double factor)
    {
        double a = Shape, b = Shape * Scale * Scale * factor * factor, sum = 0;
        for (var t = 0; t < values.Length; t++)
        {
            if (double.IsNaN(predicted[t]))
            {
                // Counts as an error of just the expected size: all components have one number of degrees of freedom.
                sum += plain[t];
                b *= (a + 0.5) / a;
                a += 0.5;
            }
            else
            {
                sum += Next(values[t] - means[t], variances[t], ref a, ref b);
            }
        }

        return (sum, Math.Sqrt(b / a));
    }

    private static double Next(double error, double variance, ref double a, ref double b)
    {
        var scale = Math.Sqrt(variance * b / a);
        var log = new StudentT(2 * a).LogDensity(error / scale) - Math.Log(scale);
        a += 0.5;
        b += error * error / (2 * variance);
        return log;
    }

    // n values show (n − 1)/(n + 1) of the range of a uniform distribution on average. Equal first values tell no scale: then all values,
    // else a hundredth of their size, else 1. A single value tells at most its size.
    private static double HalfRange(double[] first, IReadOnlyList<Observation> all)
    {
        var size = Math.Max(Math.Abs(all.Max(o => o.Value)), Math.Abs(all.Min(o => o.Value)));
        if (all.Count == 1)
        {
            return size > 0 ? size : 1;
        }

        var half = 0.5 * (first.Max() - first.Min()) * (first.Length + 1) / Math.Max(1, first.Length - 1);
        if (half <= 1e-12 * size)
        {
            half = 0.5 * (all.Max(o => o.Value) - all.Min(o => o.Value));
        }

        return half > 1e-12 * size ? half : size > 0 ? 0.01 * size : 1;
    }

    private static (double, double)[] LengthScaleGrid(BridgeOptions options)
    {
        var grid = new (double, double)[options.LengthScaleCount];
        var low = Math.Log(options.ShortestLengthScale);
        var high = Math.Log(options.LongestLengthScale);
        for (var i = 0; i < grid.Length; i++)
        {
            var log = grid.Length == 1 ? 0.5 * (low + high) : low + (high - low) * i / (grid.Length - 1);
            var z = (log - Math.Log(options.LengthScaleMedian)) / options.LengthScaleLogDeviation;
            grid[i] = (Math.Exp(log), -0.5 * z * z);
        }

        return Normalised(grid);
    }

    private static (double, double)[] NoiseGrid(BridgeOptions options, double given, double scale)
    {
        if (given == 0)
        {
            return [(0, 0)];
        }

        if (double.IsNaN(given))
        {
            return Normalised([.. options.NoiseRatios.Zip(options.NoiseRatioWeights, (r, w) => (r, Math.Log(w)))]);
        }

        var guess = given / (scale * scale);
        return Normalised([.. GivenNoiseDecades.Select(d => (guess * Math.Pow(10, d), -0.5 * d * d))]);
    }

    private static (double, double)[] Normalised((double Value, double LogWeight)[] grid)
    {
        var sum = new LogSum();
        foreach (var (_, logWeight) in grid)
        {
            sum.Add(logWeight);
        }

        return [.. grid.Select(g => (g.Value, g.LogWeight - sum.Value))];
    }
}
