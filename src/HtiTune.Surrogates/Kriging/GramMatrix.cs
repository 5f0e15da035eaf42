// Notation
//   y_k [P]   outputs of anchor k, P = rows times columns, in units that may be compared
//   y_0       the anchor that all are measured from: outputs far from zero do not cancel
//   H_kl      (y_k − y_0)·(y_l − y_0)/P
//   G         H less its row and column means: the Gram matrix of y_k − ȳ

using System.Numerics;
using System.Runtime.InteropServices;
using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Inner products of the anchors' outputs: all that a fit needs of them, whatever their number.</summary>
internal sealed class GramMatrix
{
    /// <summary>Columns that are worked on at a time, so that they stay in the processor's cache.</summary>
    private const int Chunk = 1024;

    private readonly double[] _products;
    private readonly int _reference;

    private GramMatrix(int count, double[] products, int reference)
    {
        Count = count;
        _products = products;
        _reference = reference;
    }

    /// <summary>K.</summary>
    internal int Count { get; }

    /// <summary>H of anchors: O(K²P).</summary>
    /// <param name="rows">y_k.</param>
    internal static GramMatrix Of(IReadOnlyList<float[]> rows)
    {
        var count = rows.Count;
        var products = new double[count * count];
        Accumulate(rows, 0, (differences, length) =>
        {
            for (var k = 0; k < count; k++)
            {
                for (var l = 0; l <= k; l++)
                {
                    products[k * count + l] += CholeskyFactor.Dot(differences.AsSpan(k * Chunk, length), differences.AsSpan(l * Chunk, length));
                }
            }
        });

        for (var k = 0; k < count; k++)
        {
            for (var l = 0; l <= k; l++)
            {
                products[l * count + k] = products[k * count + l] /= Math.Max(1, rows[0].Length);
            }
        }

        return new GramMatrix(count, products, 0);
    }

    /// <summary>H of anchors that gave one number each.</summary>
    /// <param name="values">y_k, [K].</param>
    internal static GramMatrix Of(ReadOnlySpan<double> values)
    {
        var count = values.Length;
        var products = new double[count * count];
        for (var k = 0; k < count; k++)
        {
            for (var l = 0; l < count; l++)
            {
                products[k * count + l] = (values[k] - values[0]) * (values[l] - values[0]);
            }
        }

        return new GramMatrix(count, products, 0);
    }

    /// <summary>H of anchors of which distances alone are known: ½(δ_k0 + δ_l0 − δ_kl).</summary>
    /// <param name="squares">δ_kl = |y_k − y_l|², [K, K], of points of some Hilbert space.</param>
    /// <param name="count">K.</param>
    internal static GramMatrix OfSquares(ReadOnlySpan<double> squares, int count)
    {
        var products = new double[count * count];
        for (var k = 0; k < count; k++)
        {
            for (var l = 0; l < count; l++)
            {
                products[k * count + l] = 0.5 * (squares[k * count] + squares[l * count] - squares[k * count + l]);
            }
        }

        return new GramMatrix(count, products, 0);
    }

    /// <summary>H with one anchor more: O(KP), every other entry as it was.</summary>
    /// <param name="rows">y_k of all anchors, the new one among them.</param>
    /// <param name="at">Where the new one stands.</param>
    internal GramMatrix With(IReadOnlyList<float[]> rows, int at)
    {
        var count = Count + 1;
        var reference = _reference >= at ? _reference + 1 : _reference;
        var products = new double[count * count];
        for (var k = 0; k < Count; k++)
        {
            for (var l = 0; l < Count; l++)
            {
                products[(k < at ? k : k + 1) * count + (l < at ? l : l + 1)] = _products[k * Count + l];
            }
        }

        Accumulate(rows, reference, (differences, length) =>
        {
            for (var k = 0; k < count; k++)
            {
                products[at * count + k] += CholeskyFactor.Dot(differences.AsSpan(at * Chunk, length), differences.AsSpan(k * Chunk, length));
            }
        });
        for (var k = 0; k < count; k++)
        {
            products[k * count + at] = products[at * count + k] /= Math.Max(1, rows[0].Length);
        }

        return new GramMatrix(count, products, reference);
    }

    /// <summary>H of the first anchors alone.</summary>
    /// <param name="count">How many, the one that all are measured from among them.</param>
    internal GramMatrix First(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(count, _reference);
        var products = new double[count * count];
        for (var k = 0; k < count; k++)
        {
            _products.AsSpan(k * Count, count).CopyTo(products.AsSpan(k * count));
        }

        return new GramMatrix(count, products, _reference);
    }

    /// <summary>G of all anchors, [K, K].</summary>
    internal double[] Centred() => Centred([.. Enumerable.Range(0, Count)]);

    /// <summary>G of some anchors alone, [m, m].</summary>
    internal double[] Centred(int[] anchors)
    {
        var m = anchors.Length;
        var means = new double[m];
        double all = 0;
        for (var k = 0; k < m; k++)
        {
            for (var l = 0; l < m; l++)
            {
                means[k] += _products[anchors[k] * Count + anchors[l]] / m;
            }

            all += means[k] / m;
        }

        var centred = new double[m * m];
        for (var k = 0; k < m; k++)
        {
            for (var l = 0; l < m; l++)
            {
                centred[k * m + l] = _products[anchors[k] * Count + anchors[l]] - means[k] - means[l] + all;
            }
        }

        return centred;
    }

    /// <summary>Hands y_k − y_0 [K, Chunk] to an action, some columns at a time.</summary>
    private static void Accumulate(IReadOnlyList<float[]> rows, int reference, Action<double[], int> action)
    {
        var differences = new double[rows.Count * Chunk];
        for (var start = 0; start < rows[0].Length; start += Chunk)
        {
            var length = Math.Min(Chunk, rows[0].Length - start);
            var zero = rows[reference].AsSpan(start, length);
            for (var k = 0; k < rows.Count; k++)
            {
                Subtract(rows[k].AsSpan(start, length), zero, differences.AsSpan(k * Chunk, length));
            }

            action(differences, length);
        }
    }

    private static void Subtract(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<double> result)
    {
        var left = MemoryMarshal.Cast<float, Vector<float>>(a);
        var right = MemoryMarshal.Cast<float, Vector<float>>(b);
        var to = MemoryMarshal.Cast<double, Vector<double>>(result);
        for (var i = 0; i < left.Length; i++)
        {
            Vector.Widen(left[i], out var low, out var high);
            Vector.Widen(right[i], out var zeroLow, out var zeroHigh);
            to[2 * i] = low - zeroLow;
            to[2 * i + 1] = high - zeroHigh;
        }

        for (var i = left.Length * Vector<float>.Count; i < a.Length; i++)
        {
            result[i] = (double)a[i] - b[i];
        }
    }
}
