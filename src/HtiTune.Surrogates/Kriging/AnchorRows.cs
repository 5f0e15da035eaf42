// Notation
//   q_k [n, D]   linked outputs at anchor k;  a_k weights;  the result is ψ⁻¹(Σ_k a_k q_k), row by row

using System.Numerics;
using System.Runtime.InteropServices;

namespace HtiTune.Surrogates;

/// <summary>Rows at every anchor, ready to be weighted: stored ones by their places, or ones that were carried there.</summary>
/// <param name="Standardised">Standardised outputs at each anchor, [·, D]; null where an anchor was not asked.</param>
/// <param name="Linked">ψ of them.</param>
/// <param name="Chosen">The row of the arrays that answers row i; null: row i itself.</param>
/// <param name="Count">n.</param>
internal sealed record AnchorRows(float[]?[] Standardised, float[]?[] Linked, int[]? Chosen, int Count)
{
    /// <summary>Values that are summed at a time, so that they stay in the processor's cache.</summary>
    private const int Block = 4096;

    /// <summary>Outputs at each anchor in their own units, beside <see cref="Standardised"/>, where they are kept: an anchor's rows are then its own to the last bit.</summary>
    internal float[]?[]? Own { get; init; }

    /// <summary>Outputs [n, D] in their own units, by weights of the anchors; one anchor's own where it alone has a weight.</summary>
    /// <param name="weights">a, [K].</param>
    /// <param name="transform">ψ⁻¹.</param>
    /// <param name="d">D.</param>
    internal float[] Weighted(ReadOnlySpan<double> weights, OutputTransform transform, int d)
    {
        var values = GC.AllocateUninitializedArray<float>(Count * d);
        if (Single(weights) is >= 0 and var only)
        {
            for (var i = 0; i < Count; i++)
            {
                if (Own is not null)
                {
                    Own[only].AsSpan((Chosen?[i] ?? i) * d, d).CopyTo(values.AsSpan(i * d, d));
                    continue;
                }

                transform.Undo(Standardised[only].AsSpan((Chosen?[i] ?? i) * d, d), values.AsSpan(i * d, d));
            }

            return values;
        }

        // A network may answer few rows: no more is cleared than they take.
        var rows = Math.Max(1, Math.Min(Count, Block / d));
        var sums = new double[rows * d];
        for (var start = 0; start < Count; start += rows)
        {
            var size = Math.Min(rows, Count - start);
            if (start > 0)
            {
                sums.AsSpan().Clear();
            }

            AddAll(weights, start, size, d, sums);
            for (var i = 0; i < size; i++)
            {
                transform.Back(sums.AsSpan(i * d, d), values.AsSpan((start + i) * d, d), start + i);
            }
        }

        return values;
    }

    /// <summary>
    /// Outputs [n, D] in their own units, each row one anchor's own: of anchor k so large a share of the rows as its weight is of the sum of those above 0, spread evenly
    /// over them.
    /// </summary>
    /// <param name="weights">a, [K], at least one above 0.</param>
    /// <param name="transform">ψ⁻¹.</param>
    /// <param name="d">D.</param>
    internal float[] Mixed(ReadOnlySpan<double> weights, OutputTransform transform, int d)
    {
        var until = new double[weights.Length];
        double sum = 0;
        for (var k = 0; k < until.Length; k++)
        {
            until[k] = sum += Standardised[k] is null ? 0 : Math.Max(0, weights[k]);
        }

        var values = new float[Count * d];
        for (var i = 0; i < Count; i++)
        {
            var k = Array.BinarySearch(until, sum * ((i + 0.5) * OutputTransform.GoldenStep % 1));
            for (k = k < 0 ? ~k : k; k > 0 && until[k] == until[k - 1]; k--)
            {
                // Of no weight.
            }

            var from = (Chosen?[i] ?? i) * d;
            if (Own is not null)
            {
                Own[k].AsSpan(from, d).CopyTo(values.AsSpan(i * d, d));
                continue;
            }

            transform.Undo(Standardised[k].AsSpan(from, d), values.AsSpan(i * d, d));
        }

        return values;
    }

    /// <summary>The anchor that alone has a weight, which is 1; −1 where there is none.</summary>
    internal static int Single(ReadOnlySpan<double> weights)
    {
        var only = -1;
        for (var k = 0; k < weights.Length; k++)
        {
            if (weights[k] != 0)
            {
                if (weights[k] != 1 || only >= 0)
                {
                    return -1;
                }

                only = k;
            }
        }

        return only;
    }

    // Σ_k a_k q_k of some rows. Where all anchors have them in one order, two anchors go into the sums in one pass, in which these are read and written once.
    private void AddAll(ReadOnlySpan<double> weights, int start, int size, int d, Span<double> sums)
    {
        var waiting = -1;
        for (var k = 0; k < weights.Length; k++)
        {
            if (weights[k] == 0)
            {
                continue;
            }

            if (Chosen is not null)
            {
                for (var i = 0; i < size; i++)
                {
                    Add(weights[k], Linked[k].AsSpan(Chosen[start + i] * d, d), sums.Slice(i * d, d));
                }
            }
            else if (waiting < 0)
            {
                waiting = k;
            }
            else
            {
                Add(weights[waiting], Linked[waiting].AsSpan(start * d, size * d), weights[k], Linked[k].AsSpan(start * d, size * d), sums);
                waiting = -1;
            }
        }

        if (waiting >= 0)
        {
            Add(weights[waiting], Linked[waiting].AsSpan(start * d, size * d), sums);
        }
    }

    private static void Add(double weight, ReadOnlySpan<float> row, Span<double> sums)
    {
        var from = MemoryMarshal.Cast<float, Vector<float>>(row);
        var to = MemoryMarshal.Cast<double, Vector<double>>(sums);
        var factor = new Vector<double>(weight);
        for (var i = 0; i < from.Length; i++)
        {
            Vector.Widen(from[i], out var low, out var high);
            to[2 * i] += factor * low;
            to[2 * i + 1] += factor * high;
        }

        for (var i = from.Length * Vector<float>.Count; i < row.Length; i++)
        {
            sums[i] += weight * row[i];
        }
    }

    // Added in their order: the same to the last bit as one after the other.
    private static void Add(double first, ReadOnlySpan<float> row, double second, ReadOnlySpan<float> other, Span<double> sums)
    {
        var from = MemoryMarshal.Cast<float, Vector<float>>(row);
        var beside = MemoryMarshal.Cast<float, Vector<float>>(other)[..from.Length];
        var to = MemoryMarshal.Cast<double, Vector<double>>(sums);
        Vector<double> one = new(first), two = new(second);
        for (var i = 0; i < from.Length; i++)
        {
            Vector.Widen(from[i], out var low, out var high);
            Vector.Widen(beside[i], out var lowBeside, out var highBeside);
            to[2 * i] = to[2 * i] + one * low + two * lowBeside;
            to[2 * i + 1] = to[2 * i + 1] + one * high + two * highBeside;
        }

        for (var i = from.Length * Vector<float>.Count; i < row.Length; i++)
        {
            sums[i] = sums[i] + first * row[i] + second * other[i];
        }
    }
}
