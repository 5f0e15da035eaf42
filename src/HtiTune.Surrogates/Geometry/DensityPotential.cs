// Notation
//   V(q|x) = α·max(0, τ − log p̂(q|x))   saturated potential: paths must stay where samples are and gain nothing beyond
//   h      bandwidth that maximises the leave-one-out log likelihood of the interval's samples [Duin1976], times a factor of the options;
//          adaptive: narrower kernels among many samples, wider ones among few [Abramson1982]
//   τ      the 20 % quantile of the samples' own log densities
// An interval's potential is built from its own two anchors.

using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates.Geometry;

/// <summary>The density potential of one interval between neighbouring anchors.</summary>
internal sealed class DensityPotential
{
    private const double Quantile = 0.2;
    private const int BandwidthRows = 600;
    private const int ConditionKernels = 192;
    private const int MostKernels = 2000;

    // A leap over empty ground is at least 1/14 of a path's time long: that of the quickest sine.
    private const int StepsOfLength = 64;
    private const int MostPathsOfLength = 128;

    /// <summary>Conditions compared with a path's own: with many columns a search would compare them all, for every path.</summary>
    private const int MostVisited = 4096;

    private readonly float[][] _samples;
    private readonly float[][] _conditions;
    private readonly RowTree?[] _trees;
    private readonly float[][]? _factors;
    private readonly ILogDensity?[] _grids;
    private readonly NearKernels?[] _wholes;
    private readonly (float[] Samples, float[] LogWeights, float[]? Factors)?[] _kernels;
    private readonly int _dimension, _conditionCount;
    private readonly double _conditionBandwidth;
    private readonly float[] _gradient;
    private double? _rareDensity;

    internal DensityPotential(Trajectories trajectories, int interval, TrajectoryOptions options)
    {
        _dimension = trajectories.Dimension;
        _gradient = new float[_dimension];
        _conditionCount = trajectories.ConditionCount;
        Strength = options.PotentialStrength;
        var members = trajectories.ByCategory();
        _samples = Array.ConvertAll(members, list => Gather(trajectories.Points, list, interval, _dimension));
        _conditions = Array.ConvertAll(members, list => Gather(trajectories.Conditions, list, interval, _conditionCount));
        _trees = Array.ConvertAll(_conditions, x => _conditionCount == 0 ? null : new RowTree(x, _conditionCount));
        (Bandwidth, _factors) = options.Bandwidth == BandwidthKind.Adaptive
            ? BandwidthSelection.Adaptive(_samples, _dimension, BandwidthRows)
            : (BandwidthSelection.ByLikelihood(_samples, _dimension, BandwidthRows), null);
        Bandwidth *= options.BandwidthFactor;
        _conditionBandwidth = _conditionCount == 0 ? 0 : BandwidthSelection.ByLikelihood(_conditions, _conditionCount, BandwidthRows);
        _grids = [.. _samples.Select((s, i) =>
            _dimension == 2 && _conditionCount == 0 && s.Length > 0 ? new DensityGrid(s, Bandwidth, _factors?[i]) : null)];
        _kernels = new (float[], float[], float[]?)?[_samples.Length];
        _wholes = new NearKernels?[_samples.Length];
        Threshold = SampleQuantile();
    }

    /// <summary>α.</summary>
    internal double Strength { get; }

    /// <summary>h, in standard deviations of the outputs.</summary>
    internal double Bandwidth { get; }

    /// <summary>τ.</summary>
    internal double Threshold { get; }

    /// <summary>The log density that a path of this category and condition sees.</summary>
    internal ILogDensity For(int category, ReadOnlySpan<float> condition)
    {
        if (_grids[category] is { } grid)
        {
            return grid;
        }

        var samples = _samples[category];
        if (_conditionCount == 0)
        {
            var (all, logWeights, wide) = _kernels[category] ??= Kernels(category);
            return new KernelDensity(all, logWeights, _dimension, Bandwidth, wide);
        }

        // The kernels that weigh most for this condition; the others' weights are negligible by comparison.
        var (order, far) = _trees[category]!.Nearest(condition, ConditionKernels, MostVisited);
        var precision = 0.5 / (_conditionBandwidth * _conditionBandwidth);
        var kept = order.Length;
        double total = 0;
        foreach (var square in far)
        {
            total += Math.Exp((far[0] - square) * precision);
        }

        var near = new float[kept * _dimension];
        float[] weights = new float[kept], factors = _factors is null ? [] : new float[kept];
        for (var i = 0; i < kept; i++)
        {
            samples.AsSpan(order[i] * _dimension, _dimension).CopyTo(near.AsSpan(i * _dimension));
            weights[i] = (float)((far[0] - far[i]) * precision - Math.Log(total));
            if (_factors is not null)
            {
                factors[i] = _factors[category][order[i]];
            }
        }

        return new KernelDensity(near, weights, _dimension, Bandwidth, factors);
    }

    // One point costs less among all kernels than the choice of those near it; a path of many steps costs more.
    private NearKernels Whole(int category)
    {
        var (all, logWeights, wide) = _kernels[category] ??= Kernels(category);
        return new NearKernels(all, logWeights, _dimension, Bandwidth, wide);
    }

    // Even shares of both anchors, as many as a table of two dimensions takes: each path looks through them all.
    private (float[] Samples, float[] LogWeights, float[]? Factors) Kernels(int category)
    {
        var n = _samples[category].Length / _dimension;
        var most = Math.Min(n, MostKernels);
        int[] rows = [.. Enumerable.Range(0, most).Select(i => (int)((long)i * n / most))];
        var logWeights = new float[most];
        Array.Fill(logWeights, -(float)Math.Log(most));
        return (Trajectories.Select(_samples[category], rows, _dimension), logWeights, _factors is null ? null : Array.ConvertAll(rows, i => _factors[category][i]));
    }

    private static float[] Gather(float[][] columns, int[] members, int interval, int width)
    {
        var gathered = new float[2 * members.Length * width];
        for (var side = 0; side < 2; side++)
        {
            for (var i = 0; i < members.Length; i++)
            {
                columns[interval + side].AsSpan(members[i] * width, width).CopyTo(gathered.AsSpan((side * members.Length + i) * width));
            }
        }

        return gathered;
    }

    /// <summary>
    /// How many of the straight paths' middles lie where samples are rare: below the density that a fifth of the samples have, each without
    /// its own kernel, which no middle has either. 0.2 for middles that are distributed as samples are. For categories.
    /// </summary>
    internal double RareMiddles(Trajectories trajectories, int interval)
    {
        var rare = _rareDensity ??= RareDensity();
        var middle = new float[_dimension];
        var count = 0;
        for (var t = 0; t < trajectories.Count; t++)
        {
            for (var j = 0; j < _dimension; j++)
            {
                middle[j] = 0.5f * (trajectories.Point(interval, t)[j] + trajectories.Point(interval + 1, t)[j]);
            }

            count += LogDensity(trajectories.Categories[t], middle) < rare ? 1 : 0;
        }

        return count / (double)trajectories.Count;
    }

    /// <summary>
    /// How long the paths run where samples are rare, whatever their speed, and however they wind where samples are. Comparable between
    /// paths of the same ends. For categories.
    /// </summary>
    /// <param name="trajectories">The coupled samples.</param>
    /// <param name="interval">The interval.</param>
    /// <param name="bends">Bends of the paths, [N, Q, D]; empty for straight ones.</param>
    internal double RareLength(Trajectories trajectories, int interval, ReadOnlySpan<float> bends)
    {
        var rare = _rareDensity ??= RareDensity();
        var (point, before) = (new float[_dimension], new float[_dimension]);
        var size = SineBasis.Count * _dimension;
        var basis = new float[SineBasis.Count];
        double length = 0;
        for (var t = 0; t < trajectories.Count; t += Math.Max(1, trajectories.Count / MostPathsOfLength))
        {
            var from = trajectories.Point(interval, t);
            var to = trajectories.Point(interval + 1, t);
            from.CopyTo(before);
            var wasRare = LogDensity(trajectories.Categories[t], before) < rare;
            for (var i = 1; i <= StepsOfLength; i++)
            {
                var s = i / (double)StepsOfLength;
                SineBasis.At(s, basis);
                double step = 0;
                for (var j = 0; j < _dimension; j++)
                {
                    point[j] = (float)((1 - s) * from[j] + s * to[j]);
                }

                if (!bends.IsEmpty)
                {
                    SineBasis.AddBend(bends.Slice(t * size, size), basis, point);
                }

                for (var j = 0; j < _dimension; j++)
                {
                    step += (point[j] - before[j]) * (point[j] - before[j]);
                }

                var isRare = LogDensity(trajectories.Categories[t], point) < rare;
                length += Math.Sqrt(step) * ((wasRare ? 0.5 : 0) + (isRare ? 0.5 : 0));
                wasRare = isRare;
                point.CopyTo(before, 0);
            }
        }

        return length;
    }

    // The logarithm of the density below which a fifth of the samples have theirs, each without its own kernel.
    private double RareDensity()
    {
        List<double> samples = [];
        for (var c = 0; c < _samples.Length; c++)
        {
            var n = _samples[c].Length / _dimension;
            var own = n <= MostKernels ? -Math.Log(n) - _dimension * Math.Log(Math.Sqrt(2 * Math.PI) * Bandwidth) : double.NegativeInfinity;
            for (var i = 0; i < n; i += Math.Max(1, n / BandwidthRows))
            {
                var kernel = own - _dimension * Math.Log(_factors?[c][i] ?? 1);
                var log = LogDensity(c, _samples[c].AsSpan(i * _dimension, _dimension));
                samples.Add(log + Math.Log(Math.Max(1e-12, 1 - Math.Exp(kernel - log))));
            }
        }

        samples.Sort();
        return samples[(int)(Quantile * (samples.Count - 1))];
    }

    private double LogDensity(int category, ReadOnlySpan<float> point)
    {
        var density = _grids[category] ?? (_wholes[category] ??= Whole(category));
        return density.Evaluate(point, _gradient);
    }

    private double SampleQuantile()
    {
        var logs = new List<double>();
        var gradient = new float[_dimension];
        for (var c = 0; c < _samples.Length; c++)
        {
            var n = _samples[c].Length / _dimension;
            var stride = Math.Max(1, n / BandwidthRows);
            for (var i = 0; i < n; i += stride)
            {
                var point = _samples[c].AsSpan(i * _dimension, _dimension);
                var density = For(c, _conditions[c].AsSpan(i * _conditionCount, _conditionCount));
                density.Focus(point);
                logs.Add(density.Evaluate(point, gradient));
            }
        }

        logs.Sort();
        return logs.Count == 0 ? double.NegativeInfinity : logs[(int)(Quantile * (logs.Count - 1))];
    }
}
