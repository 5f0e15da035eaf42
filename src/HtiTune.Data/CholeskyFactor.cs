using System.Numerics;
using System.Runtime.InteropServices;

namespace HtiTune.Data;

// Notation
//   K   symmetric matrix, [n, n], positive semi-definite
//   L   lower triangle with L Lᵀ = K + jitter·I, [n, n], row-major
//   The order is by rows, so that every inner product runs over contiguous memory.

/// <summary>The lower Cholesky factor of a covariance, with the jitter that it needed.</summary>
internal sealed class CholeskyFactor
{
    // A pivot that is smaller than this share of its diagonal is rounding error, not information.
    private const double PivotTolerance = 1e-13;

    private static readonly double[] Jitters = [0, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4];

    // Beyond the ladder, for correlations that rounding has left worse than that.
    private static readonly double[] LastJitters = [1e-3, 1e-2, 0.1, 1];

    private readonly double[] _lower;

    private CholeskyFactor(int order, double[] lower, double jitter)
    {
        Order = order;
        _lower = lower;
        Jitter = jitter;
    }

    /// <summary>Number of rows n.</summary>
    public int Order { get; }

    /// <summary>What was added to the diagonal, as a share of the largest diagonal entry.</summary>
    public double Jitter { get; }

    /// <summary>ln det(K + jitter·I).</summary>
    public double LogDeterminant
    {
        get
        {
            var sum = 0.0;
            for (var i = 0; i < Order; i++)
            {
                sum += Math.Log(Diagonal(i));
            }

            return 2 * sum;
        }
    }

    /// <summary>Factorises, with the least jitter of a fixed ladder that leaves every pivot above rounding error.</summary>
    /// <param name="matrix">K, row-major, length n²; only the lower triangle is read.</param>
    /// <param name="order">n.</param>
    /// <param name="leastJitter">Where the ladder starts, as a share of the largest diagonal entry.</param>
    /// <exception cref="ArithmeticException">The matrix is far from positive semi-definite, or holds NaN.</exception>
    public static CholeskyFactor Of(double[] matrix, int order, double leastJitter = 0) =>
        Try(matrix, order, leastJitter, [.. Jitters, .. LastJitters])
            ?? throw new ArithmeticException("The covariance is not positive semi-definite, whatever is added to its diagonal: it holds NaN, or its correlations exceed 1.");

    /// <summary>The same with a jitter of at most 1e-4; null where that does not help: rounding has taken more than that from the matrix.</summary>
    public static CholeskyFactor? Try(double[] matrix, int order, double leastJitter = 0) => Try(matrix, order, leastJitter, Jitters);

    private static CholeskyFactor? Try(double[] matrix, int order, double leastJitter, double[] jitters)
    {
        var largest = 0.0;
        for (var i = 0; i < order; i++)
        {
            largest = Math.Max(largest, matrix[i * order + i]);
        }

        var lower = new double[order * order];
        foreach (var jitter in jitters)
        {
            if (jitter >= leastJitter && TryFactorise(matrix, lower, order, jitter * largest))
            {
                return new CholeskyFactor(order, lower, jitter);
            }
        }

        return null;
    }

    /// <summary>L_ii.</summary>
    public double Diagonal(int i) => _lower[i * Order + i];

    /// <summary>The first <paramref name="count"/> entries of row i of L.</summary>
    public ReadOnlySpan<double> Row(int i, int count) => _lower.AsSpan(i * Order, count);

    /// <summary>x = L⁻¹ b, for the leading block when b is shorter than the order; b and x may be the same span.</summary>
    public void SolveLower(ReadOnlySpan<double> b, Span<double> x)
    {
        for (var i = 0; i < b.Length; i++)
        {
            x[i] = (b[i] - Dot(Row(i, i), x[..i])) / Diagonal(i);
        }
    }

    /// <summary>x = L⁻ᵀ b; b and x may be the same span.</summary>
    public void SolveUpper(ReadOnlySpan<double> b, Span<double> x)
    {
        b.CopyTo(x);
        for (var i = Order - 1; i >= 0; i--)
        {
            var value = x[i] / Diagonal(i);
            x[i] = value;
            var row = Row(i, i);
            for (var j = 0; j < i; j++)
            {
                x[j] -= row[j] * value;
            }
        }
    }

    /// <summary>(K + jitter·I)⁻¹ = L⁻ᵀL⁻¹, whole, row-major.</summary>
    public double[] Inverse()
    {
        // Row i of L⁻¹ is (e_i − Σ_{j<i} L_ij · row j)/L_ii.
        var rows = new double[Order * Order];
        for (var i = 0; i < Order; i++)
        {
            var row = rows.AsSpan(i * Order, i + 1);
            row[i] = 1;
            for (var j = 0; j < i; j++)
            {
                Add(-_lower[i * Order + j], rows.AsSpan(j * Order, j + 1), row);
            }

            var scale = 1 / Diagonal(i);
            for (var j = 0; j <= i; j++)
            {
                row[j] *= scale;
            }
        }

        var inverse = new double[Order * Order];
        for (var i = 0; i < Order; i++)
        {
            var row = rows.AsSpan(i * Order, i + 1);
            for (var j = 0; j <= i; j++)
            {
                Add(row[j], row[..(j + 1)], inverse.AsSpan(j * Order, j + 1));
            }
        }

        for (var i = 0; i < Order; i++)
        {
            for (var j = 0; j < i; j++)
            {
                inverse[j * Order + i] = inverse[i * Order + j];
            }
        }

        return inverse;
    }

    /// <summary>x = L b; b and x must be different spans.</summary>
    public void Multiply(ReadOnlySpan<double> b, Span<double> x)
    {
        for (var i = 0; i < Order; i++)
        {
            x[i] = Dot(Row(i, i + 1), b[..(i + 1)]);
        }
    }

    /// <summary>Σ a_i b_i.</summary>
    internal static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var left = MemoryMarshal.Cast<double, Vector<double>>(a);
        var right = MemoryMarshal.Cast<double, Vector<double>>(b[..a.Length]);
        var sums = Vector<double>.Zero;
        for (var i = 0; i < left.Length; i++)
        {
            sums += left[i] * right[i];
        }

        var sum = Vector.Sum(sums);
        for (var i = left.Length * Vector<double>.Count; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>y += Σ_k s_k x_k, one k after another, for as many entries as the x have: what a single <see cref="Add(double, ReadOnlySpan{double}, Span{double})"/> each would give, with y read and written once for four.</summary>
    /// <param name="s">s, any number.</param>
    /// <param name="x">Where x_0 begins.</param>
    /// <param name="stride">Distance from one x to the next.</param>
    /// <param name="length">Entries of each.</param>
    /// <param name="y">Takes the sum.</param>
    internal static void Add(ReadOnlySpan<double> s, ReadOnlySpan<double> x, int stride, int length, Span<double> y)
    {
        var k = 0;
        var to = MemoryMarshal.Cast<double, Vector<double>>(y[..length]);
        for (; k + 4 <= s.Length; k += 4)
        {
            ReadOnlySpan<Vector<double>> a = Of(x, k), b = Of(x, k + 1), c = Of(x, k + 2), d = Of(x, k + 3);
            Vector<double> sa = new(s[k]), sb = new(s[k + 1]), sc = new(s[k + 2]), sd = new(s[k + 3]);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = to[i] + sa * a[i] + sb * b[i] + sc * c[i] + sd * d[i];
            }

            for (var i = to.Length * Vector<double>.Count; i < length; i++)
            {
                y[i] = y[i] + s[k] * x[k * stride + i] + s[k + 1] * x[(k + 1) * stride + i] + s[k + 2] * x[(k + 2) * stride + i] + s[k + 3] * x[(k + 3) * stride + i];
            }
        }

        for (; k < s.Length; k++)
        {
            Add(s[k], x.Slice(k * stride, length), y);
        }

        ReadOnlySpan<Vector<double>> Of(ReadOnlySpan<double> all, int row) => MemoryMarshal.Cast<double, Vector<double>>(all.Slice(row * stride, length));
    }

    /// <summary>y += s x, for as many entries as x has.</summary>
    internal static void Add(double s, ReadOnlySpan<double> x, Span<double> y)
    {
        var from = MemoryMarshal.Cast<double, Vector<double>>(x);
        var to = MemoryMarshal.Cast<double, Vector<double>>(y[..x.Length]);
        var factor = new Vector<double>(s);
        for (var i = 0; i < from.Length; i++)
        {
            to[i] += factor * from[i];
        }

        for (var i = from.Length * Vector<double>.Count; i < x.Length; i++)
        {
            y[i] += s * x[i];
        }
    }

    private static bool TryFactorise(double[] matrix, double[] lower, int order, double added)
    {
        for (var i = 0; i < order; i++)
        {
            var row = lower.AsSpan(i * order, order);
            for (var j = 0; j < i; j++)
            {
                row[j] = (matrix[i * order + j] - Dot(lower.AsSpan(j * order, j), row[..j])) / lower[j * order + j];
            }

            var pivot = matrix[i * order + i] + added - Dot(row[..i], row[..i]);
            if (!(pivot > PivotTolerance * matrix[i * order + i]))
            {
                return false;
            }

            row[i] = Math.Sqrt(pivot);
        }

        return true;
    }
}
