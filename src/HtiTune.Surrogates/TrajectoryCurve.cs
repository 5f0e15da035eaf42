// Notation
//   λ_k, y_k   anchors and the points of one trajectory there;  w_k  the anchors' places after the clock
//   s          share of the interval k that is travelled at λ, 0 … 1, by the clock
//   y(λ) = base(λ) + bend(s): straight between y_k and y_{k+1} for draws, a monotone cubic in w through all y_k for deterministic
//   outputs (no kink at anchors), plus the bend of the least-action path, zero at both ends
//   baselines: y(λ) = Σ_k a_k·y_k with the weights of AnchorWeights
//   mixture:   y(λ) = y_{k+1} for rows t of which frac((t + ½)·φ) < s, else y_k;  φ the golden ratio, so that any run of rows is mixed evenly

using HtiTune.Surrogates.Geometry;

namespace HtiTune.Surrogates;

/// <summary>Reads one place on the curves of many rows.</summary>
internal readonly struct TrajectoryCurve
{
    private readonly TrajectoryState _state;
    private readonly int _interval;
    private readonly double _share, _place;
    private readonly bool _cubic;
    private readonly float[] _basis;
    private readonly double[] _window;
    private readonly double[]? _weights;
    private readonly bool _mixes;

    internal TrajectoryCurve(TrajectoryState state, double[] positions, double[] places, int interval, double u, int source = 0)
    {
        _state = state;
        _interval = interval;
        _share = state.ClockOf(interval).Fraction(u, positions[interval], positions[interval + 1]);
        _place = state.Clock.Warp(u);
        _cubic = state.Report.Deterministic && positions.Length > 2;
        _basis = new float[SineBasis.Count];
        SineBasis.At(_share, _basis);

        // The slopes at both ends of the interval need one more anchor on each side, or two more on the other where there is none.
        var last = positions.Length - 1;
        FirstNeeded = _share >= 1 ? interval + 1 : !_cubic || _share <= 0 ? interval : Math.Max(0, Math.Min(interval - 1, last - 2));
        LastNeeded = _share <= 0 ? interval : !_cubic || _share >= 1 ? interval + 1 : Math.Min(last, Math.Max(interval + 2, 2));
        if (MethodRecipe.IsWeighted(state.Options.Method))
        {
            _weights = AnchorWeights.Of(state.Options.Method, positions, interval, u, source);
            FirstNeeded = Array.FindIndex(_weights, a => a != 0);
            LastNeeded = Array.FindLastIndex(_weights, a => a != 0);
        }

        _mixes = state.Options.Method == Method.Mixture;
        _window = places[FirstNeeded..(LastNeeded + 1)];
    }

    /// <summary>First anchor whose points are read.</summary>
    internal int FirstNeeded { get; }

    /// <summary>Last anchor whose points are read.</summary>
    internal int LastNeeded { get; }

    /// <summary>Whether the place lies strictly between two anchors.</summary>
    internal bool IsInside => _share is > 0 and < 1;

    /// <summary>The anchor that a mixture takes a row from.</summary>
    internal int Neighbour(int row) => (row + 0.5) * OutputTransform.GoldenStep % 1 < _share ? _interval + 1 : _interval;

    /// <summary>Writes row <paramref name="row"/> at the place, in the outputs' own units.</summary>
    internal void At(ReadOnlyMemory<float>[] points, int row, ReadOnlySpan<float> bend, Span<float> target)
    {
        var d = target.Length;
        if (_weights is { } weights)
        {
            for (var j = 0; j < d; j++)
            {
                double sum = 0;
                for (var k = FirstNeeded; k <= LastNeeded; k++)
                {
                    sum += weights[k] * points[k].Span[row * d + j];
                }

                target[j] = (float)sum;
            }
        }
        else if (_mixes)
        {
            points[Neighbour(row)].Span.Slice(row * d, d).CopyTo(target);
        }
        else if (_share is <= 0 or >= 1)
        {
            points[_share <= 0 ? _interval : _interval + 1].Span.Slice(row * d, d).CopyTo(target);
        }
        else if (_cubic)
        {
            Span<double> values = stackalloc double[_window.Length];
            for (var j = 0; j < d; j++)
            {
                for (var k = 0; k < values.Length; k++)
                {
                    values[k] = points[FirstNeeded + k].Span[row * d + j];
                }

                target[j] = (float)MonotoneCubic.At(_window, values, _interval - FirstNeeded, _place);
            }
        }
        else
        {
            var a = points[_interval].Span.Slice(row * d, d);
            var b = points[_interval + 1].Span.Slice(row * d, d);
            for (var j = 0; j < d; j++)
            {
                target[j] = (float)(a[j] + _share * (b[j] - a[j]));
            }
        }

        if (bend.Length > 0)
        {
            SineBasis.AddBend(bend, _basis, target);
        }

        _state.Finish(target);
    }
}
