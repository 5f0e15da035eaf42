// Notation, of one output in one context
//   a_1 ≤ … ≤ a_n   values that the output took, less a centre and over a scale of the context's;  ω_i their weights, which sum to 1
//   S_i             Σ_{j ≤ i} ω_j;  mid_i = S_i − ω_i/2
//   level of v      between mid_i and mid_{i+1} as v between a_i and a_{i+1}; of a value that several rows have, anywhere in their share
// The quantile at a level is the inverse. What lies beyond all values keeps its distance to the last one, in units of the scale.

namespace HtiTune.Surrogates;

/// <summary>The law of one output in one context, by weighted values.</summary>
internal sealed class ConditionalLaw
{
    private readonly double[] _values, _middles, _sums;
    private readonly double _centre, _scale;

    /// <param name="values">a, ascending.</param>
    /// <param name="weights">ω up to a factor; taken over.</param>
    /// <param name="centre">What is added to values.</param>
    /// <param name="scale">What they are multiplied by before.</param>
    internal ConditionalLaw(double[] values, double[] weights, double centre, double scale)
    {
        (_values, _centre, _scale) = (values, centre, scale);
        double total = 0, squares = 0;
        for (var i = 0; i < values.Length; i++)
        {
            total += weights[i];
            squares += weights[i] * weights[i];
        }

        Rows = total * total / squares;
        _middles = new double[values.Length];
        double sum = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var weight = weights[i] / total;
            _middles[i] = sum + 0.5 * weight;
            weights[i] = sum += weight;
        }

        _sums = weights;
    }

    /// <summary>(Σω)²/Σω², how many rows it rests on.</summary>
    internal double Rows { get; }

    /// <summary>The level of a value, and how far it lies beyond all others.</summary>
    /// <param name="y">The value.</param>
    /// <param name="share">Where in the share of several rows of the same value, 0 … 1.</param>
    internal (double Level, double Beyond) Of(double y, double share)
    {
        var v = (y - _centre) / _scale;
        var at = Array.BinarySearch(_values, v);
        if (at < 0)
        {
            var after = ~at;
            if (after == 0)
            {
                return (_middles[0], v - _values[0]);
            }

            if (after == _values.Length)
            {
                return (_middles[^1], v - _values[^1]);
            }

            var part = (v - _values[after - 1]) / (_values[after] - _values[after - 1]);
            return (_middles[after - 1] + part * (_middles[after] - _middles[after - 1]), 0);
        }

        int low = at, high = at;
        while (low > 0 && _values[low - 1] == v)
        {
            low--;
        }

        while (high < _values.Length - 1 && _values[high + 1] == v)
        {
            high++;
        }

        var below = low > 0 ? _sums[low - 1] : 0;
        return (low == high ? _middles[at] : below + share * (_sums[high] - below), 0);
    }

    /// <summary>The value at a level.</summary>
    internal double At(double level, double beyond)
    {
        var after = Array.BinarySearch(_middles, level);
        after = after < 0 ? ~after : after;
        double value;
        if (after == 0)
        {
            value = _values[0];
        }
        else if (after == _values.Length)
        {
            value = _values[^1];
        }
        else
        {
            double low = _middles[after - 1], high = _middles[after];
            value = high > low ? _values[after - 1] + (level - low) / (high - low) * (_values[after] - _values[after - 1]) : _values[after];
        }

        return _centre + _scale * (value + beyond);
    }
}
