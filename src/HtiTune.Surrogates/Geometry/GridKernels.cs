// Notation
//   s_i, h_i = h·f_i   kernels;  l_i(q) = log f_i^{−2} − |q − s_i|²/2h_i², so that p̂(q) ∝ Σ_i e^{l_i(q)}
//   c, ρ               a disc;  r_i = |c − s_i|:  in the disc l_i lies between those of the distances r_i + ρ and max(0, r_i − ρ)
// Where all terms are less than the least number, few of them count beside the largest: those of the disc are found once, for all points in it.

using System.Numerics;

namespace HtiTune.Surrogates.Geometry;

/// <summary>The kernels of a <see cref="DensityGrid"/>: all samples, or an even subset of very many, beyond which an estimate gains little.</summary>
internal sealed class GridKernels
{
    /// <summary>Logarithm of a term, beside the largest, that adds nothing to a sum of some thousands of them in double precision.</summary>
    private const double LeastTerm = -45;

    private readonly double[] _logWeights, _most;
    private readonly int[] _near;
    private int _nearCount;

    /// <param name="samples">Samples [n, 2].</param>
    /// <param name="factors">f_i, length n; empty where all are 1.</param>
    /// <param name="bandwidth">h.</param>
    /// <param name="count">Kernels, n at most.</param>
    internal GridKernels(ReadOnlySpan<float> samples, ReadOnlySpan<float> factors, double bandwidth, int count)
    {
        var n = samples.Length / 2;
        Count = count;
        (X, Y, Precisions, Weights) = (new double[count], new double[count], new double[count], new double[count]);
        (_logWeights, _most, _near) = (new double[count], new double[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            var row = (int)((long)i * n / count);
            double factor = factors.IsEmpty ? 1 : factors[row];
            (X[i], Y[i]) = (samples[2 * row], samples[2 * row + 1]);
            Precisions[i] = 0.5 / (bandwidth * bandwidth * factor * factor);
            Weights[i] = 1 / (factor * factor);
            _logWeights[i] = Math.Log(Weights[i]);
        }

        Constant = Math.Log(count * 2 * Math.PI * bandwidth * bandwidth);
    }

    internal int Count { get; }

    internal double[] X { get; }

    internal double[] Y { get; }

    /// <summary>1/2h_i².</summary>
    internal double[] Precisions { get; }

    /// <summary>f_i^{−2}.</summary>
    internal double[] Weights { get; }

    /// <summary>log(n·2πh²).</summary>
    internal double Constant { get; }

    /// <summary>Finds the kernels that count for <see cref="LogSum"/> anywhere in a disc.</summary>
    /// <param name="x">Its middle c.</param>
    /// <param name="y">Its middle c.</param>
    /// <param name="radius">ρ.</param>
    internal void Near(double x, double y, double radius)
    {
        var lanes = Vector<double>.Count;
        var (greatest, sure) = (new Vector<double>(double.NegativeInfinity), double.NegativeInfinity);
        var i = 0;
        for (; i <= Count - lanes; i += lanes)
        {
            Vector<double> a = new Vector<double>(X, i) - new Vector<double>(x), b = new Vector<double>(Y, i) - new Vector<double>(y);
            var away = Vector.SquareRoot(a * a + b * b);
            Vector<double> far = away + new Vector<double>(radius), near = Vector.Max(Vector<double>.Zero, away - new Vector<double>(radius));
            Vector<double> precision = new(Precisions, i), weight = new(_logWeights, i);
            greatest = Vector.Max(greatest, weight - far * far * precision);
            (weight - near * near * precision).CopyTo(_most, i);
        }

        for (var l = 0; l < lanes; l++)
        {
            sure = Math.Max(sure, greatest[l]);
        }

        for (; i < Count; i++)
        {
            var away = double.Hypot(X[i] - x, Y[i] - y);
            var (far, near) = (away + radius, Math.Max(0, away - radius));
            sure = Math.Max(sure, _logWeights[i] - far * far * Precisions[i]);
            _most[i] = _logWeights[i] - near * near * Precisions[i];
        }

        _nearCount = 0;
        var least = sure + LeastTerm;
        for (i = 0; i < Count; i++)
        {
            if (i % lanes == 0 && i <= Count - lanes && Vector.LessThanAll(new Vector<double>(_most, i), new Vector<double>(least)))
            {
                i += lanes - 1;
            }
            else if (_most[i] >= least)
            {
                _near[_nearCount++] = i;
            }
        }
    }

    /// <summary>log Σ_i e^{l_i} at a point of the disc of <see cref="Near"/>.</summary>
    internal double LogSum(double x, double y)
    {
        var most = double.NegativeInfinity;
        foreach (var i in _near.AsSpan(0, _nearCount))
        {
            _most[i] = _logWeights[i] - ((X[i] - x) * (X[i] - x) + (Y[i] - y) * (Y[i] - y)) * Precisions[i];
            most = Math.Max(most, _most[i]);
        }

        double sum = 0;
        foreach (var i in _near.AsSpan(0, _nearCount))
        {
            sum += _most[i] - most > LeastTerm ? Math.Exp(_most[i] - most) : 0;
        }

        return most + Math.Log(sum);
    }
}
