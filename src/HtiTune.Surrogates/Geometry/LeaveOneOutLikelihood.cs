// Notation: BandwidthSelection.cs (s, n, D, h, f, LL)
//   x_ij   |s_i − s_j|²/f_j², less the least of row i
// A kernel at h is e^{−x/2h²}, and its square that at h/√2: of five bandwidths h·2^{−i/4}, every other one has the square of the one but one before.

using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HtiTune.Surrogates.Geometry;

/// <summary>
/// The likelihood of some samples of one category by all the others of it. Distances are found anew for each row where they are needed, since those of all rows would not stay
/// in the processor's cache.
/// </summary>
internal sealed class LeaveOneOutLikelihood
{
    /// <summary>The widest bandwidth of the ladder, how many there are, and at how many about one <see cref="AddPlaces"/> measures.</summary>
    internal const double Widest = 2;

    /// <inheritdoc cref="Widest"/>
    internal const int Rungs = 14, Places = 5;

    private const int MostLadderRows = 200;

    /// <summary>Each term is cut there, so that one outlier does not decide.</summary>
    private const double LeastTerm = -50;

    /// <summary>−log of the kernels, relative to the nearest one, that are not told from none.</summary>
    private const double LeastTold = 30;

    private const float WidestPrecision = (float)(-0.5 / (Widest * Widest));

    /// <summary>Below it a kernel's square would be denormal.</summary>
    private const float LeastSquared = 2e-19f;

    private readonly float[] _samples, _byColumn, _scales, _least, _weights;
    private readonly int _rows, _columns, _padded, _stride;
    private readonly int _dimension;
    private readonly bool _isAdaptive;
    private readonly int[] _starts;
    private float[] _near = [], _nearWeights = [];

    internal LeaveOneOutLikelihood(float[] samples, float[]? factors, int d, int mostRows)
    {
        var n = samples.Length / d;
        _stride = Math.Max(1, (n + mostRows - 1) / mostRows);
        _samples = samples;
        _dimension = d;
        _columns = n;
        _rows = n < 2 ? 0 : (n + _stride - 1) / _stride;
        _padded = (n + VectorExponential.Lanes - 1) / VectorExponential.Lanes * VectorExponential.Lanes;
        _weights = new float[_padded];
        _least = new float[_rows];
        _starts = new int[_rows + 1];
        _isAdaptive = factors is not null;
        (_byColumn, _scales) = (new float[d * _padded], new float[_padded]);
        for (var j = 0; j < n; j++)
        {
            _weights[j] = factors is null ? 1 : (float)Math.Pow(factors[j], -d);
            _scales[j] = factors is null ? 1 : factors[j] * factors[j];
            for (var k = 0; k < d; k++)
            {
                _byColumn[k * _padded + j] = samples[j * d + k];
            }
        }
    }

    /// <summary>n.</summary>
    internal int Columns => _columns;

    private void Measure(int r, Span<float> distances)
    {
        var row = MemoryMarshal.Cast<float, Vector<float>>(distances);
        var point = _samples.AsSpan(r * _stride * _dimension, _dimension);
        var columns = MemoryMarshal.Cast<float, Vector<float>>(_byColumn);
        var scales = MemoryMarshal.Cast<float, Vector<float>>(_scales);
        for (var j = 0; j < row.Length; j++)
        {
            var square = Vector<float>.Zero;
            for (int k = 0, at = j; k < point.Length; k++, at += row.Length)
            {
                var difference = new Vector<float>(point[k]) - columns[at];
                square += difference * difference;
            }

            row[j] = _isAdaptive ? square / scales[j] : square;
        }

        // A sample does not vouch for itself.
        distances[_columns..].Fill(float.PositiveInfinity);
        distances[r * _stride] = float.PositiveInfinity;
        var nearest = new Vector<float>(float.PositiveInfinity);
        for (var j = 0; j < row.Length; j++)
        {
            nearest = Vector.MinNative(nearest, row[j]);
        }

        var least = float.PositiveInfinity;
        for (var l = 0; l < Vector<float>.Count; l++)
        {
            least = Math.Min(least, nearest[l]);
        }

        _least[r] = least;
        for (var j = 0; j < row.Length; j++)
        {
            row[j] -= new Vector<float>(least);
        }
    }

    /// <summary>Adds LL(2·2^{−r/2}) for every rung r, of some of the rows where they are many: it tells near which rung the best h is.</summary>
    internal void AddLadder(Span<double> ladder)
    {
        Span<float> sums = stackalloc float[Rungs];
        var row = new float[_padded];
        var stride = Math.Max(1, _rows / MostLadderRows);
        for (var r = 0; r < _rows; r += stride)
        {
            Measure(r, row);
            if (Vector512.IsHardwareAccelerated)
            {
                Wide(row, sums);
            }
            else
            {
                Narrow(row, sums);
            }

            for (var rung = 0; rung < Rungs; rung++)
            {
                ladder[rung] += stride * Term(r, sums[rung], Widest * Math.Pow(2, -0.5 * rung));
            }
        }
    }

    /// <summary>Adds LL(h·2^{−i/4}) for i = 0 … 4, of all rows.</summary>
    internal void AddPlaces(double h, Span<double> places)
    {
        Span<float> sums = stackalloc float[Places];
        var row = new float[_padded];
        for (var r = 0; r < _rows; r++)
        {
            Measure(r, row);
            if (Vector512.IsHardwareAccelerated)
            {
                PlacesWide(row, h, sums);
            }
            else
            {
                PlacesNarrow(row, h, sums);
            }

            for (var i = 0; i < Places; i++)
            {
                places[i] += Term(r, sums[i], h * Math.Pow(2, -0.25 * i));
            }
        }
    }

    private void PlacesNarrow(ReadOnlySpan<float> row, double h, Span<float> places)
    {
        ReadOnlySpan<Vector<float>> beyond = MemoryMarshal.Cast<float, Vector<float>>(row), weights = MemoryMarshal.Cast<float, Vector<float>>(_weights.AsSpan());
        float first = (float)(-0.5 / (h * h)), second = (float)(-Math.Sqrt(0.5) / (h * h));
        Vector<float> a = Vector<float>.Zero, b = a, c = a, d = a, e = a, least = new(LeastSquared);
        for (var j = 0; j < beyond.Length; j++)
        {
            Vector<float> even = VectorExponential.Of(beyond[j] * first), odd = VectorExponential.Of(beyond[j] * second), weight = weights[j];
            a += weight * even;
            b += weight * odd;
            even = Vector.MaxNative(least, even);
            odd = Vector.MaxNative(least, odd);
            even *= even;
            c += weight * even;
            d += weight * (odd * odd);
            even = Vector.MaxNative(least, even);
            e += weight * (even * even);
        }

        (places[0], places[1], places[2], places[3], places[4]) = (Vector.Sum(a), Vector.Sum(b), Vector.Sum(c), Vector.Sum(d), Vector.Sum(e));
    }

    // The same sixteen columns at a time.
    private void PlacesWide(ReadOnlySpan<float> row, double h, Span<float> places)
    {
        ReadOnlySpan<Vector512<float>> beyond = MemoryMarshal.Cast<float, Vector512<float>>(row), weights = MemoryMarshal.Cast<float, Vector512<float>>(_weights.AsSpan());
        float first = (float)(-0.5 / (h * h)), second = (float)(-Math.Sqrt(0.5) / (h * h));
        Vector512<float> a = Vector512<float>.Zero, b = a, c = a, d = a, e = a, least = Vector512.Create(LeastSquared);
        for (var j = 0; j < beyond.Length; j++)
        {
            Vector512<float> even = VectorExponential.Of(beyond[j] * first), odd = VectorExponential.Of(beyond[j] * second), weight = weights[j];
            a += weight * even;
            b += weight * odd;
            even = Vector512.MaxNative(least, even);
            odd = Vector512.MaxNative(least, odd);
            even *= even;
            c += weight * even;
            d += weight * (odd * odd);
            even = Vector512.MaxNative(least, even);
            e += weight * (even * even);
        }

        (places[0], places[1], places[2], places[3], places[4]) = (Vector512.Sum(a), Vector512.Sum(b), Vector512.Sum(c), Vector512.Sum(d), Vector512.Sum(e));
    }

    private void Narrow(ReadOnlySpan<float> row, Span<float> rungs)
    {
        ReadOnlySpan<Vector<float>> beyond = MemoryMarshal.Cast<float, Vector<float>>(row), weights = MemoryMarshal.Cast<float, Vector<float>>(_weights.AsSpan());
        Span<Vector<float>> sums = stackalloc Vector<float>[Rungs];
        sums.Clear();
        for (var j = 0; j < beyond.Length; j++)
        {
            var kernel = VectorExponential.Of(beyond[j] * WidestPrecision);
            for (var rung = 0; rung < Rungs; rung++)
            {
                sums[rung] += weights[j] * kernel;
                kernel = Vector.MaxNative(new Vector<float>(LeastSquared), kernel);
                kernel *= kernel;
            }
        }

        for (var rung = 0; rung < Rungs; rung++)
        {
            rungs[rung] = Vector.Sum(sums[rung]);
        }
    }

    // The same sixteen columns at a time.
    private void Wide(ReadOnlySpan<float> row, Span<float> rungs)
    {
        ReadOnlySpan<Vector512<float>> beyond = MemoryMarshal.Cast<float, Vector512<float>>(row), weights = MemoryMarshal.Cast<float, Vector512<float>>(_weights.AsSpan());
        Span<Vector512<float>> sums = stackalloc Vector512<float>[Rungs];
        sums.Clear();
        for (var j = 0; j < beyond.Length; j++)
        {
            var kernel = VectorExponential.Of(beyond[j] * WidestPrecision);
            for (var rung = 0; rung < Rungs; rung++)
            {
                sums[rung] += weights[j] * kernel;
                kernel = Vector512.MaxNative(Vector512.Create(LeastSquared), kernel);
                kernel *= kernel;
            }
        }

        for (var rung = 0; rung < Rungs; rung++)
        {
            rungs[rung] = Vector512.Sum(sums[rung]);
        }
    }

    /// <summary>Keeps of each row the columns that tell at h and below: of the others all together weigh less than rounding beside the nearest one.</summary>
    internal void KeepNear(double h)
    {
        const int lanes = VectorExponential.Lanes;
        var most = (float)(2 * h * h * LeastTold);
        _near = GC.AllocateUninitializedArray<float>(_rows * _padded);
        _nearWeights = _isAdaptive ? GC.AllocateUninitializedArray<float>(_rows * _padded) : [];
        for (var r = 0; r < _rows; r++)
        {
            // A row is measured where its near columns stay, and the next one over its far ones.
            var start = _starts[r];
            var row = _near.AsSpan(start, _padded);
            Measure(r, row);
            var weights = _isAdaptive ? _nearWeights.AsSpan(start, _padded) : [];
            var count = _isAdaptive ? Compact(row[.._columns], weights, most) : Compact(row[.._columns], most);
            var kept = (count + lanes - 1) / lanes * lanes;
            row[count..kept].Fill(float.PositiveInfinity);
            if (_isAdaptive)
            {
                weights[count..kept].Clear();
            }

            _starts[r + 1] = start + kept;
        }
    }

    // Numbers from 0 up are in the order of their bits, and a count that grows by a comparison of bits has no branch to guess: each value is written, and stays where
    // it counts.
    private static int Compact(Span<float> row, float most)
    {
        var (count, bits) = (0, BitConverter.SingleToInt32Bits(most));
        foreach (var value in row)
        {
            row[count] = value;
            count += BitConverter.SingleToInt32Bits(value) <= bits ? 1 : 0;
        }

        return count;
    }

    private int Compact(Span<float> row, Span<float> weights, float most)
    {
        var count = 0;
        for (var j = 0; j < row.Length; j++)
        {
            (row[count], weights[count]) = (row[j], _weights[j]);
            count += row[count] <= most ? 1 : 0;
        }

        return count;
    }

    /// <summary>LL(h), h at most that of <see cref="KeepNear"/>.</summary>
    internal double LogLikelihood(double h)
    {
        double total = 0;
        for (var r = 0; r < _rows; r++)
        {
            var sum = VectorExponential.Sum(
                _near.AsSpan(_starts[r].._starts[r + 1]), (float)(-0.5 / (h * h)), _isAdaptive ? _nearWeights.AsSpan(_starts[r].._starts[r + 1]) : []);
            total += Term(r, sum, h);
        }

        return total;
    }

    private double Term(int row, double sum, double h) => Math.Max(
        LeastTerm,
        Math.Log(sum) - 0.5 * _least[row] / (h * h) - Math.Log(_columns - 1) - _dimension * Math.Log(Math.Sqrt(2 * Math.PI) * h));
}
