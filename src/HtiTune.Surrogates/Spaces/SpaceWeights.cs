// Notation
//   z_k [c]   coordinates of anchor k, warped and in lengths, as the kriging has learned them;  z those asked for
//   linear    the least Σ a_k |z_k − z|² + M |z − Σ a_k z_k|₁ with Σ a_k = 1, a ≥ 0, by the simplex method: barycentric coordinates in the Delaunay simplex that
//             holds z (the lower hull of the lifted places), and of the nearest point of the hull outside it. Heights differ by a millionth, anchor by anchor: on grids,
//             where many simplices would do, the same ones hold everywhere.
//   mixture   kriging's w may be below 0, and no share of rows can be: p ≥ 0 with Σ p_k = 1 that is nearest to them, (p − w)ᵀ G (p − w) least, G the laws' inner products

using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>Weights of the anchors by which a method gives outputs.</summary>
internal sealed class SpaceWeights
{
    private const double Penalty = 1e3, Tiny = 1e-10, Lift = 1e-6;
    private const int MostPivots = 2000, MostSteps = 300;

    private readonly AnchorKriging _kriging;
    private readonly SpaceMethod _method;
    private readonly SpaceStack? _stack;
    private readonly double[][] _places;
    private readonly KumaraswamyWarp[] _warps;
    private readonly double[] _inverse;
    private readonly Lazy<double[]> _gram;

    /// <param name="kriging">The kriging.</param>
    /// <param name="flat">Coordinates of the anchors, [K, c].</param>
    /// <param name="method">The method.</param>
    /// <param name="stack">A rough kriging beside it, or null.</param>
    internal SpaceWeights(AnchorKriging kriging, double[] flat, SpaceMethod method, SpaceStack? stack)
    {
        (_kriging, _method, _stack) = (kriging, method, stack);
        var layout = kriging.Likelihood.Layout;
        var theta = kriging.Theta.ToArray();
        _warps = [.. Enumerable.Range(0, layout.Dimension).Select(j => layout.WarpOf(theta, j))];
        _inverse = PooledLikelihood.InverseLengths(layout, theta);
        _gram = new Lazy<double[]>(kriging.Gram.Centred);
        _places = [.. Enumerable.Range(0, kriging.Count).Select(k => Seen(flat.AsSpan(k * layout.Dimension, layout.Dimension)))];
    }

    /// <summary>Whether outputs are weighed otherwise than by kriging.</summary>
    private bool IsOwn => _method is SpaceMethod.Linear or SpaceMethod.Nearest;

    /// <summary>Weights at a place.</summary>
    internal double[] At(ReadOnlySpan<double> x)
    {
        var weights = new double[_kriging.Count];
        if (!IsOwn)
        {
            _kriging.Weights(x, weights);
            if (_stack is not null)
            {
                var rough = new double[weights.Length];
                _stack.Rough.Weights(x, rough);
                _stack.Blend(weights, rough);
            }

            return weights;
        }

        Own(Seen(x), -1, weights);
        return weights;
    }

    /// <summary>How far weights are from those of kriging; null where they are those.</summary>
    internal double[]? Shift(ReadOnlySpan<double> x, double[] weights)
    {
        if (!IsOwn && _stack is null)
        {
            return null;
        }

        var shift = new double[weights.Length];
        _kriging.Weights(x, shift);
        for (var k = 0; k < shift.Length; k++)
        {
            shift[k] = weights[k] - shift[k];
        }

        return shift;
    }

    /// <summary>Weights of the others that foretell an anchor.</summary>
    internal double[] Without(int anchor)
    {
        var weights = new double[_kriging.Count];
        if (!IsOwn)
        {
            _kriging.LeaveOneOut(anchor, weights);
            if (_stack is not null)
            {
                var rough = new double[weights.Length];
                _stack.Rough.LeaveOneOut(anchor, rough);
                _stack.Blend(weights, rough);
            }

            return weights;
        }

        Own(_places[anchor], anchor, weights);
        return weights;
    }

    /// <summary>Outputs [n, D] by weights, as the method makes them of the anchors' rows.</summary>
    internal float[] Outputs(AnchorRows rows, ReadOnlySpan<double> weights, OutputTransform transform, int d) =>
        _method == SpaceMethod.Mixture && AnchorRows.Single(weights) < 0 ? rows.Mixed(Shares(weights), transform, d) : rows.Weighted(weights, transform, d);

    // p by steps between two anchors at a time, from the weights above 0.
    private double[] Shares(ReadOnlySpan<double> weights)
    {
        var count = weights.Length;
        var (gram, shares, slopes) = (_gram.Value, new double[count], new double[count]);
        double sum = 0;
        for (var k = 0; k < count; k++)
        {
            sum += shares[k] = Math.Max(0, weights[k]);
        }

        for (var k = 0; k < count; k++)
        {
            shares[k] /= sum;
            CholeskyFactor.Add(shares[k] - weights[k], gram.AsSpan(k * count, count), slopes);
        }

        for (var step = 0; step < MostSteps; step++)
        {
            int to = -1, from = -1;
            for (var k = 0; k < count; k++)
            {
                to = weights[k] != 0 && (to < 0 || slopes[k] < slopes[to]) ? k : to;
                from = shares[k] > 0 && (from < 0 || slopes[k] > slopes[from]) ? k : from;
            }

            var bend = gram[to * count + to] + gram[from * count + from] - 2 * gram[to * count + from];
            var move = Math.Min(shares[from], (slopes[from] - slopes[to]) / Math.Max(bend, 1e-300));
            if (!(move > Tiny))
            {
                break;
            }

            shares[to] += move;
            shares[from] = move == shares[from] ? 0 : shares[from] - move;
            CholeskyFactor.Add(move, gram.AsSpan(to * count, count), slopes);
            CholeskyFactor.Add(-move, gram.AsSpan(from * count, count), slopes);
        }

        return shares;
    }

    private double[] Seen(ReadOnlySpan<double> x)
    {
        var z = new double[x.Length];
        for (var j = 0; j < z.Length; j++)
        {
            z[j] = _warps[j].Apply(x[j]) * _inverse[j];
        }

        return z;
    }

    private void Own(double[] z, int without, double[] weights)
    {
        var squares = Array.ConvertAll(_places, place => SpaceCoordinates.Square(place, z));
        var nearest = -1;
        for (var k = 0; k < squares.Length; k++)
        {
            nearest = k != without && (nearest < 0 || squares[k] < squares[nearest]) ? k : nearest;
        }

        if (_method == SpaceMethod.Nearest || squares[nearest] == 0)
        {
            weights[nearest] = 1;
            return;
        }

        Simplex(z, squares, nearest, without, weights);
    }

    // Rows: Σ a = 1, and each coordinate; columns: anchors, then what is missing of each coordinate above and below.
    private void Simplex(double[] z, double[] squares, int nearest, int without, double[] weights)
    {
        int count = _places.Length, c = z.Length, width = count + 2 * c;
        var scale = squares.Where((_, k) => k != without).Max();
        var costs = new double[width + 1];
        var basis = new int[c + 1];
        var tableau = new double[c + 1][];
        for (var k = 0; k < width; k++)
        {
            costs[k] = k >= count ? Penalty * Math.Sqrt(scale) : squares[k] + Lift * scale * ((k + 1.0) * (k + 1.0) * OutputTransform.GoldenStep % 1);
        }

        tableau[0] = new double[width + 1];
        for (var k = 0; k < count; k++)
        {
            tableau[0][k] = k == without ? 0 : 1;
        }

        (tableau[0][width], basis[0]) = (1, nearest);
        for (var j = 0; j < c; j++)
        {
            var away = z[j] - _places[nearest][j];
            var sign = away < 0 ? -1 : 1;
            var row = tableau[j + 1] = new double[width + 1];
            for (var k = 0; k < count; k++)
            {
                row[k] = k == without ? 0 : sign * (_places[k][j] - _places[nearest][j]);
            }

            (row[count + 2 * j], row[count + 2 * j + 1], row[width], basis[j + 1]) = (sign, -sign, sign * away, count + 2 * j + (sign > 0 ? 0 : 1));
        }

        // Reduced costs.
        for (var r = 0; r <= c; r++)
        {
            CholeskyFactor.Add(-costs[basis[r]], tableau[r], costs);
        }

        for (var pivot = 0; pivot < MostPivots; pivot++)
        {
            var enter = 0;
            while (enter < width && (enter == without || costs[enter] >= -Tiny * scale))
            {
                enter++;
            }

            if (enter == width)
            {
                break;
            }

            var leave = -1;
            for (var r = 0; r <= c; r++)
            {
                if (tableau[r][enter] > Tiny && (leave < 0 || tableau[r][width] * tableau[leave][enter] < tableau[leave][width] * tableau[r][enter]))
                {
                    leave = r;
                }
            }

            if (leave < 0)
            {
                break;
            }

            Pivot(tableau, costs, leave, enter);
            basis[leave] = enter;
        }

        double sum = 0;
        for (var r = 0; r <= c; r++)
        {
            if (basis[r] < count)
            {
                sum += weights[basis[r]] = Math.Max(0, tableau[r][width]);
            }
        }

        for (var k = 0; k < count; k++)
        {
            weights[k] /= sum;
        }
    }

    private static void Pivot(double[][] tableau, double[] costs, int leave, int enter)
    {
        var row = tableau[leave];
        var by = 1 / row[enter];
        foreach (ref var value in row.AsSpan())
        {
            value *= by;
        }

        for (var r = 0; r < tableau.Length; r++)
        {
            if (r != leave && tableau[r][enter] != 0)
            {
                CholeskyFactor.Add(-tableau[r][enter], row, tableau[r]);
            }
        }

        CholeskyFactor.Add(-costs[enter], row, costs);
    }
}
