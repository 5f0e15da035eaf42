// Notation
//   x_i [C], y_i [D]   some rows;  column j of them is x_·j, padded by zeros to whole vectors
// Sums over rows with weights that fall with distance run along columns, several rows at a time.

using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HtiTune.Surrogates;

/// <summary>Some rows by column.</summary>
internal sealed class RowColumns
{
    private const int Block = 8;

    /// <param name="rows">The rows.</param>
    /// <param name="x">Conditions of all rows, [·, C].</param>
    /// <param name="c">C.</param>
    /// <param name="y">Outputs of all rows, [·, D].</param>
    /// <param name="d">D.</param>
    internal RowColumns(int[] rows, float[] x, int c, float[] y, int d)
    {
        Rows = rows;
        Padded = PaddedOf(rows.Length);
        X = Of(rows, x, c);
        Y = Of(rows, y, d);
    }

    /// <summary>The rows.</summary>
    internal int[] Rows { get; }

    /// <summary>Their number, padded to whole vectors.</summary>
    internal int Padded { get; }

    /// <summary>Their conditions, [C, Padded].</summary>
    internal double[] X { get; }

    /// <summary>Their outputs, [D, Padded].</summary>
    internal double[] Y { get; }

    /// <summary>A number of rows, padded to whole vectors.</summary>
    internal static int PaddedOf(int count) => (count + Block - 1) / Block * Block;

    /// <summary>Some rows of values [·, columns], as [columns, padded].</summary>
    internal static double[] Of(int[] rows, float[] values, int columns)
    {
        var padded = PaddedOf(rows.Length);
        var kept = new double[columns * padded];
        for (var a = 0; a < rows.Length; a++)
        {
            for (var j = 0; j < columns; j++)
            {
                kept[j * padded + a] = values[rows[a] * columns + j];
            }
        }

        return kept;
    }

    /// <summary>All rows of values [·, columns], as [columns, padded].</summary>
    internal static double[] Of(double[] values, int columns)
    {
        var count = values.Length / columns;
        var padded = PaddedOf(count);
        var kept = new double[columns * padded];
        for (var i = 0; i < values.Length; i++)
        {
            kept[i % columns * padded + i / columns] = values[i];
        }

        return kept;
    }

    /// <summary>Values by column, [columns, padded], as [count, columns].</summary>
    internal static double[] ByRow(double[] values, int columns, int count)
    {
        var padded = values.Length / columns;
        return [.. Enumerable.Range(0, count * columns).Select(i => values[i % columns * padded + i / columns])];
    }

    /// <summary>away = column − x, squares += away².</summary>
    internal static void AddSquares(ReadOnlySpan<double> column, double x, Span<double> away, Span<double> squares)
    {
        var from = MemoryMarshal.Cast<double, Vector<double>>(column);
        Span<Vector<double>> to = MemoryMarshal.Cast<double, Vector<double>>(away), sums = MemoryMarshal.Cast<double, Vector<double>>(squares);
        var origin = new Vector<double>(x);
        for (var i = 0; i < from.Length; i++)
        {
            to[i] = from[i] - origin;
            sums[i] += to[i] * to[i];
        }
    }

    /// <summary>weights = e^(factor · squares); they may be the same span.</summary>
    internal static void Weigh(ReadOnlySpan<double> squares, double factor, Span<double> weights)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var all = MemoryMarshal.Cast<double, Vector512<double>>(squares);
            var wide = MemoryMarshal.Cast<double, Vector512<double>>(weights);
            for (var i = 0; i < all.Length; i++)
            {
                wide[i] = Vector512.Exp(all[i] * factor);
            }

            return;
        }

        var from = MemoryMarshal.Cast<double, Vector<double>>(squares);
        var to = MemoryMarshal.Cast<double, Vector<double>>(weights);
        var by = new Vector<double>(factor);
        for (var i = 0; i < from.Length; i++)
        {
            to[i] = Vector.Exp(from[i] * by);
        }
    }

    /// <summary>Σ values.</summary>
    internal static double Sum(ReadOnlySpan<double> values)
    {
        var from = MemoryMarshal.Cast<double, Vector<double>>(values);
        Vector<double> even = Vector<double>.Zero, odd = Vector<double>.Zero;
        var i = 0;
        for (; i + 1 < from.Length; i += 2)
        {
            even += from[i];
            odd += from[i + 1];
        }

        return Vector.Sum(i < from.Length ? even + odd + from[i] : even + odd);
    }

    /// <summary>Weights of what is nearer than some squared distance become 0.</summary>
    internal static void LeaveOut(ReadOnlySpan<double> squares, double near, Span<double> weights)
    {
        var from = MemoryMarshal.Cast<double, Vector<double>>(squares);
        var to = MemoryMarshal.Cast<double, Vector<double>>(weights);
        var least = new Vector<double>(near);
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = Vector.ConditionalSelect(Vector.LessThan(from[i], least), Vector<double>.Zero, to[i]);
        }
    }

    /// <summary>sums_j = Σ_i weights_i column_ji, four columns at a time, or four parts of one: a sum waits for its own last step alone.</summary>
    /// <param name="weights">Length padded.</param>
    /// <param name="columns">The first of them, [·, padded].</param>
    /// <param name="sums">Takes the sums, one a column.</param>
    internal static void Dots(ReadOnlySpan<double> weights, ReadOnlySpan<double> columns, Span<double> sums)
    {
        var w = MemoryMarshal.Cast<double, Vector<double>>(weights);
        var x = MemoryMarshal.Cast<double, Vector<double>>(columns[..(sums.Length * weights.Length)]);
        var j = 0;
        for (; j + 4 <= sums.Length; j += 4)
        {
            ReadOnlySpan<Vector<double>> first = x.Slice(j * w.Length, w.Length), second = x.Slice((j + 1) * w.Length, w.Length);
            ReadOnlySpan<Vector<double>> third = x.Slice((j + 2) * w.Length, w.Length), fourth = x.Slice((j + 3) * w.Length, w.Length);
            Vector<double> a = Vector<double>.Zero, b = a, c = a, d = a;
            for (var i = 0; i < w.Length; i++)
            {
                a += w[i] * first[i];
                b += w[i] * second[i];
                c += w[i] * third[i];
                d += w[i] * fourth[i];
            }

            (sums[j], sums[j + 1], sums[j + 2], sums[j + 3]) = (Vector.Sum(a), Vector.Sum(b), Vector.Sum(c), Vector.Sum(d));
        }

        for (; j < sums.Length; j++)
        {
            var column = x.Slice(j * w.Length, w.Length);
            Vector<double> a = Vector<double>.Zero, b = a, c = a, d = a;
            var i = 0;
            for (; i + 3 < w.Length; i += 4)
            {
                a += w[i] * column[i];
                b += w[i + 1] * column[i + 1];
                c += w[i + 2] * column[i + 2];
                d += w[i + 3] * column[i + 3];
            }

            for (; i < w.Length; i++)
            {
                a += w[i] * column[i];
            }

            sums[j] = Vector.Sum(a + b + (c + d));
        }
    }

    /// <summary>kernels_i = e^(−½ Σ_j (z_ij − at_j)²).</summary>
    /// <param name="columns">z, by column, [p, padded].</param>
    /// <param name="at">One row, length p.</param>
    /// <param name="kernels">Takes them, length padded.</param>
    internal static void Gaussians(ReadOnlySpan<double> columns, ReadOnlySpan<double> at, Span<double> kernels)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            GaussiansWide(columns, at, kernels);
            return;
        }

        var z = MemoryMarshal.Cast<double, Vector<double>>(columns);
        var to = MemoryMarshal.Cast<double, Vector<double>>(kernels);
        for (var i = 0; i < to.Length; i++)
        {
            var squares = Vector<double>.Zero;
            for (int j = 0, k = i; j < at.Length; j++, k += to.Length)
            {
                var away = z[k] - new Vector<double>(at[j]);
                squares += away * away;
            }

            to[i] = Vector.Exp(squares * new Vector<double>(-0.5));
        }
    }

    // The same, value by value, eight rows at a time.
    private static void GaussiansWide(ReadOnlySpan<double> columns, ReadOnlySpan<double> at, Span<double> kernels)
    {
        var z = MemoryMarshal.Cast<double, Vector512<double>>(columns);
        var to = MemoryMarshal.Cast<double, Vector512<double>>(kernels);
        for (var i = 0; i < to.Length; i++)
        {
            var squares = Vector512<double>.Zero;
            for (int j = 0, k = i; j < at.Length; j++, k += to.Length)
            {
                var away = z[k] - Vector512.Create(at[j]);
                squares += away * away;
            }

            to[i] = Vector512.Exp(squares * Vector512.Create(-0.5));
        }
    }

    /// <summary>product = a ⊙ b.</summary>
    internal static void Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> product)
    {
        ReadOnlySpan<Vector<double>> left = MemoryMarshal.Cast<double, Vector<double>>(a), right = MemoryMarshal.Cast<double, Vector<double>>(b);
        var to = MemoryMarshal.Cast<double, Vector<double>>(product);
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = left[i] * right[i];
        }
    }
}
