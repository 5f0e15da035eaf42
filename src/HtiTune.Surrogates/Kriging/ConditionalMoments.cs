// Notation, of one anchor, all standardised
//   y_i [D], x_i [C]    its rows;  h bandwidth;  ω_i = exp(−|x_i − x|²/2h²) among rows of x's category, 1 without conditions
//   m(x)                local linear mean: the constant of the least squares Σ ω_i |y_i − β_0 − B(x_i − x)|²               [Fan1996]
//   r_i                 (y_i − m(x_i))/√(1 − H_ii), H_ii the weight of y_i in m(x_i)
//   C(x)                Σ ω_i r_i r_iᵀ/Σ ω_i
// h is that of least squared error of m(x_i) without the rows at x_i itself; with h = ∞ the mean is linear in x and C one matrix.

// Rows are kept by column, padded to whole vectors by rows of weight 0: their sums are most of the cost of a fit to unmatched draws.

using System.Buffers;
using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Mean and covariance of an anchor's outputs given a context.</summary>
internal sealed class ConditionalMoments
{
    /// <summary>Rows that the moments are taken from, and rows that choose h, at most.</summary>
    private const int MostRows = 2000, MostSelecting = 800, MostJudged = 250;

    private const double Ridge = 1e-6;
    private static readonly double[] s_bandwidths = [0.1, 0.15, 0.22, 0.33, 0.5, 0.75, 1.1, 1.7, double.PositiveInfinity];

    private readonly int _d, _c;
    private readonly float[] _y, _x;
    private readonly int[][] _members;
    private readonly RowColumns[] _columns;
    private readonly double[][] _spread;
    private readonly float[] _residuals;

    /// <param name="y">Outputs, [n, D].</param>
    /// <param name="d">D.</param>
    /// <param name="x">Conditions, [n, C].</param>
    /// <param name="c">C.</param>
    /// <param name="categories">Category of each row.</param>
    /// <param name="categoryCount">Number of categories, 1 without.</param>
    /// <param name="bandwidth">h; null to choose it.</param>
    internal ConditionalMoments(float[] y, int d, float[] x, int c, int[] categories, int categoryCount, double? bandwidth)
    {
        (_d, _c) = (d, c);
        var rows = Thinned([.. Enumerable.Range(0, categories.Length)], MostRows);
        _y = Coupling.Trajectories.Select(y, rows, d);
        _x = Coupling.Trajectories.Select(x, rows, c);
        _members = new int[categoryCount][];
        for (var category = 0; category < categoryCount; category++)
        {
            _members[category] = [.. Enumerable.Range(0, rows.Length).Where(i => categories[rows[i]] == category)];
        }

        _columns = Array.ConvertAll(_members, members => new RowColumns(members, _x, c, _y, d));
        Bandwidth = c == 0 ? double.PositiveInfinity : bandwidth ?? Choose();
        _residuals = new float[_y.Length];
        foreach (var members in _columns)
        {
            var room = new double[RoomFor(members)];
            foreach (var i in members.Rows)
            {
                var fit = Local(_x.AsSpan(i * c, c), members, Bandwidth, room);
                var scale = 1 / Math.Sqrt(Math.Max(0.05, 1 - fit.Leverage));
                for (var j = 0; j < d; j++)
                {
                    _residuals[i * d + j] = (float)((_y[i * d + j] - fit.Mean[j]) * scale);
                }
            }
        }

        _spread = Array.ConvertAll(_members, members => RowColumns.Of(members, _residuals, d));
    }

    /// <summary>h, in standard deviations of the conditions.</summary>
    internal double Bandwidth { get; }

    /// <summary>r of the rows, [·, D].</summary>
    internal float[] Residuals => _residuals;

    /// <summary>m(x), of a category of which there are rows.</summary>
    internal double[] MeanAt(ReadOnlySpan<float> x, int category)
    {
        var room = ArrayPool<double>.Shared.Rent(RoomFor(_columns[category]));
        var mean = Local(x, _columns[category], Bandwidth, room).Mean;
        ArrayPool<double>.Shared.Return(room);
        return mean;
    }

    /// <summary>m(x) and C(x), made definite.</summary>
    internal (double[] Mean, double[] Covariance) At(ReadOnlySpan<float> x, int category)
    {
        var members = _members[category];
        if (members.Length == 0)
        {
            throw new ArgumentException($"A row asks for category {category}, of which an anchor holds no sample.");
        }

        var room = ArrayPool<double>.Shared.Rent(RoomFor(_columns[category]));
        var fit = Local(x, _columns[category], Bandwidth, room);
        var covariance = new double[_d * _d];
        var padded = _columns[category].Padded;
        Span<double> weights = room.AsSpan(0, padded), weighted = room.AsSpan(padded, padded);
        double total = RowColumns.Sum(weights), trace = 0;
        for (var i = 0; i < _d; i++)
        {
            RowColumns.Multiply(weights, _spread[category].AsSpan(i * padded, padded), weighted);
            RowColumns.Dots(weighted, _spread[category], covariance.AsSpan(i * _d, i + 1));
        }

        ArrayPool<double>.Shared.Return(room);
        for (var i = 0; i < _d; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                covariance[j * _d + i] = covariance[i * _d + j] /= total;
            }

            trace += covariance[i * _d + i];
        }

        for (var i = 0; i < _d; i++)
        {
            covariance[i * _d + i] += Ridge * trace / _d + 1e-10;
        }

        return (fit.Mean, covariance);
    }

    /// <summary>Some of many, evenly chosen.</summary>
    internal static int[] Thinned(int[] rows, int most) =>
        rows.Length <= most ? rows : [.. Enumerable.Range(0, most).Select(i => rows[(int)((long)i * rows.Length / most)])];

    private double Choose()
    {
        var sums = new double[s_bandwidths.Length];
        foreach (var members in _members)
        {
            var selecting = new RowColumns(Thinned(members, MostSelecting), _x, _c, _y, _d);
            var room = new double[RoomFor(selecting)];
            foreach (var i in Thinned(selecting.Rows, MostJudged))
            {
                Measure(_x.AsSpan(i * _c, _c), selecting, room);
                for (var b = 0; b < sums.Length; b++)
                {
                    if (Near(selecting, s_bandwidths[b], true, room) is not { } fit)
                    {
                        continue;
                    }

                    for (var j = 0; j < _d; j++)
                    {
                        var error = _y[i * _d + j] - fit.Mean[j];
                        sums[b] += error * error;
                    }
                }
            }
        }

        return s_bandwidths[Array.IndexOf(sums, sums.Min())];
    }

    /// <summary>Numbers that sums about a context need room for: ω, what is weighted of a column, squared distances, and x_i − x.</summary>
    private int RoomFor(RowColumns rows) => (3 + _c) * rows.Padded;

    /// <summary>m(x), and the weight of a row at x itself; ω, padded, stands first in the room then.</summary>
    private (double[] Mean, double Leverage) Local(ReadOnlySpan<float> x, RowColumns rows, double h, Span<double> room)
    {
        Measure(x, rows, room);
        return Near(rows, h, false, room)!.Value;
    }

    /// <summary>x_i − x and their squares, which serve every h.</summary>
    private void Measure(ReadOnlySpan<float> x, RowColumns rows, Span<double> room)
    {
        var padded = rows.Padded;
        Span<double> squares = room.Slice(2 * padded, padded), away = room[(3 * padded)..];
        squares.Clear();
        for (var j = 0; j < _c; j++)
        {
            RowColumns.AddSquares(rows.X.AsSpan(j * padded, padded), x[j], away.Slice(j * padded, padded), squares);
        }
    }

    /// <summary>m and the weight of a row there, of rows that are measured; wider where too few rows are near; null where no other row is.</summary>
    private (double[] Mean, double Leverage)? Near(RowColumns rows, double h, bool withoutSame, Span<double> room)
    {
        int width = _c + 1, padded = rows.Padded;
        Span<double> weights = room[..padded], part = room.Slice(padded, padded), squares = room.Slice(2 * padded, padded), away = room.Slice(3 * padded, _c * padded);
        double total = 0;
        for (var attempt = 0; ; attempt++, h *= 1.5)
        {
            RowColumns.Weigh(squares, double.IsInfinity(h) ? 0 : -0.5 / (h * h), weights);
            weights[rows.Rows.Length..].Clear();
            if (withoutSame)
            {
                RowColumns.LeaveOut(squares, 1e-12, weights);
            }

            total = RowColumns.Sum(weights);
            if (total * total > 2 * width * CholeskyFactor.Dot(weights, weights) || attempt == 20 || double.IsInfinity(h))
            {
                break;
            }
        }

        if (!(total > 0))
        {
            return null;
        }

        var normal = new double[width * width];
        var right = new double[width * _d];
        normal[0] = total;
        RowColumns.Dots(weights, rows.Y, right.AsSpan(0, _d));
        for (var p = 1; p < width; p++)
        {
            var column = away.Slice((p - 1) * padded, padded);
            RowColumns.Multiply(weights, column, part);
            normal[p * width] = RowColumns.Sum(part);
            RowColumns.Dots(part, away, normal.AsSpan(p * width + 1, p));
            RowColumns.Dots(part, rows.Y, right.AsSpan(p * _d, _d));
        }

        for (var p = 1; p < width; p++)
        {
            normal[p * width + p] += 1e-4 * total * Math.Min(1, double.IsInfinity(h) ? 1 : h * h);
        }

        // Row 0 of the inverse of the normal matrix is all that the constant needs.
        var first = new double[width];
        first[0] = 1;
        var factor = CholeskyFactor.Of(normal, width);
        factor.SolveLower(first, first);
        factor.SolveUpper(first, first);
        var mean = new double[_d];
        for (var p = 0; p < width; p++)
        {
            for (var j = 0; j < _d; j++)
            {
                mean[j] += first[p] * right[p * _d + j];
            }
        }

        return (mean, first[0]);
    }
}
