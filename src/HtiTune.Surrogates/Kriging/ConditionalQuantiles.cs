// Notation, of one anchor and one output, standardised
//   y_i, x_i [C]    its rows;  m(x) local linear mean;  r_i what is left of y_i
//   s²(x)           variance given x: exp of a local linear mean of t_i = η_i + r_i²/e^{η_i} − 1, η_i that of the round before, at first of log r_i²: steps of
//                   Fisher's scoring of a log-linear variance, in the place of a weighted mean of r², which is drawn towards the spread of its neighbours
//   a_i             by form: y_i; r_i, about m(x); r_i/s(x_i), about m(x) in units of s(x)
//   law at x        a_i with weights exp(−|x_i − x|²/2h²) among rows of x's category (ConditionalLaw)
//   score           continuous ranked probability score of the law at x_i without the rows there against a_i, in units of y [Gneiting2007]
// Form and h are those of the least score over all anchors. Values that many rows share stay as they are: nothing is subtracted from them.

using System.Buffers;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>What is taken for the same law in all contexts, up to weights that fall with distance.</summary>
internal enum QuantileForm
{
    /// <summary>Outputs.</summary>
    Values,

    /// <summary>Outputs about their mean.</summary>
    Shifted,

    /// <summary>Outputs about their mean in units of their spread.</summary>
    Scaled,
}

/// <summary>The law of one output of an anchor given a context.</summary>
internal sealed class ConditionalQuantiles
{
    /// <summary>h that are tried.</summary>
    internal static readonly double[] Widths = [0.1, 0.15, 0.22, 0.33, 0.5, 0.75, 1.1, 1.7, double.PositiveInfinity];

    private const int MostRows = 2000, MostJudged = 150, MostSelecting = 800;

    /// <summary>Rounds of a spread after its first.</summary>
    internal const int Rounds = 2;

    /// <summary>E log of a squared normal number;  a squared residual over its variance at most, so that one row does not make the spread of all near ones.</summary>
    private const double LogOfSquare = -1.2704, MostSquare = 12, LeastSquare = 1e-8;

    /// <summary>Rows that a law rests on at least, and the share of rows with a value that others have from which values stay as they are.</summary>
    private const double FewestRows = 8, MostShared = 0.1;

    private readonly int _c;
    private readonly float[] _y, _x;
    private readonly double[] _left, _spread;
    private readonly int[][] _members;
    private readonly ConditionalMoments? _mean, _scale;
    private readonly bool _isShared;
    private double _h;
    private QuantileForm _form;
    private (double[] Values, double[] X, int[] Rows)[] _sorted = [];

    /// <param name="y">Outputs, [n].</param>
    /// <param name="x">Conditions, [n, C].</param>
    /// <param name="c">C.</param>
    /// <param name="categories">Category of each row.</param>
    /// <param name="categoryCount">Number of categories, 1 without.</param>
    /// <param name="widths">Of m, and of s in each round; null to choose them.</param>
    internal ConditionalQuantiles(float[] y, float[] x, int c, int[] categories, int categoryCount, (double Mean, double[] Scales)? widths)
    {
        _c = c;
        var rows = ConditionalMoments.Thinned([.. Enumerable.Range(0, categories.Length)], MostRows);
        _y = Trajectories.Select(y, rows, 1);
        _x = Trajectories.Select(x, rows, c);
        int[] kinds = Array.ConvertAll(rows, row => categories[row]);
        _members = [.. Enumerable.Range(0, categoryCount).Select(category => Enumerable.Range(0, rows.Length).Where(i => kinds[i] == category).ToArray())];
        _isShared = _y.Length - _y.Distinct().Count() > MostShared * _y.Length;
        _left = Array.ConvertAll(_y, v => (double)v);
        _spread = [.. _y.Select(_ => 1.0)];
        if (c == 0 || _isShared)
        {
            return;
        }

        _mean = new ConditionalMoments(_y, 1, _x, c, kinds, categoryCount, widths?.Mean);
        Smoothing = (_mean.Bandwidth, Smoothing.Scales);
        _left = Array.ConvertAll(_mean.Residuals, r => (double)r);
        float[] scores = Array.ConvertAll(_left, r => (float)(Math.Log(r * r + LeastSquare) - LogOfSquare));
        for (var round = 0; round <= Rounds; round++)
        {
            _scale = new ConditionalMoments(scores, 1, _x, c, kinds, categoryCount, widths?.Scales[round]);
            Smoothing.Scales[round] = _scale.Bandwidth;
            for (var i = 0; i < scores.Length; i++)
            {
                var eta = _scale.MeanAt(_x.AsSpan(i * c, c), kinds[i])[0];
                _spread[i] = Math.Exp(0.5 * eta);
                scores[i] = (float)(eta + Math.Min(MostSquare, _left[i] * _left[i] * Math.Exp(-eta)) - 1);
            }
        }
    }

    /// <summary>Widths of m, and of s in each round: a spread begins with that of the round before, so that all of them are needed to make it again.</summary>
    internal (double Mean, double[] Scales) Smoothing { get; } = (double.PositiveInfinity, [.. Enumerable.Repeat(double.PositiveInfinity, Rounds + 1)]);

    /// <summary>Scores of each form with each width, [3][widths]; only those of values where many are shared.</summary>
    internal double[][] Scores()
    {
        double[][] scores = [.. Enum.GetValues<QuantileForm>().Select(form => new double[Widths.Length])];
        foreach (var members in _members)
        {
            var selecting = ConditionalMoments.Thinned(members, MostSelecting);
            var judged = ConditionalMoments.Thinned(selecting, MostJudged);
            double[] away = new double[selecting.Length], weights = new double[selecting.Length];
            int[][] orders = [.. Enum.GetValues<QuantileForm>().Select(form => Enumerable.Range(0, selecting.Length).OrderBy(a => ValueOf(form, selecting[a])).ToArray())];
            foreach (var i in judged)
            {
                for (var a = 0; a < selecting.Length; a++)
                {
                    away[a] = Square(selecting[a], i);
                }

                for (var w = 0; w < Widths.Length; w++)
                {
                    double total = 0;
                    for (var a = 0; a < selecting.Length; a++)
                    {
                        total += weights[a] = selecting[a] == i || away[a] < 1e-12 && _c > 0 ? 0 : Math.Exp(-0.5 * away[a] / (Widths[w] * Widths[w]));
                    }

                    for (var form = 0; form < (IsShared ? 1 : scores.Length); form++)
                    {
                        var units = (QuantileForm)form == QuantileForm.Scaled ? _spread[i] : 1;
                        scores[form][w] += total > 1e-9 ? units * Score((QuantileForm)form, orders[form], selecting, weights, total, ValueOf((QuantileForm)form, i)) : 1;
                    }
                }
            }
        }

        return scores;
    }

    /// <summary>Whether values are kept as they are.</summary>
    internal bool IsShared => _isShared || _c == 0;

    /// <summary>Takes a form and h.</summary>
    internal void Take(QuantileForm form, double h)
    {
        (_form, _h) = (form, h);
        _sorted = Array.ConvertAll(_members, members =>
        {
            int[] order = [.. members.OrderBy(i => ValueOf(form, i))];
            return (Array.ConvertAll(order, i => ValueOf(form, i)), RowColumns.Of(order, _x, _c), order);
        });
    }

    /// <summary>The law in a context.</summary>
    /// <param name="x">Conditions, [C].</param>
    /// <param name="category">The category.</param>
    /// <exception cref="ArgumentException">The anchor has no row of the category.</exception>
    internal ConditionalLaw At(ReadOnlySpan<float> x, int category)
    {
        var (values, columns, _) = _sorted[category];
        if (values.Length == 0)
        {
            throw new ArgumentException($"A row asks for category {category}, of which an anchor holds no sample.");
        }

        var padded = RowColumns.PaddedOf(values.Length);
        double[] weights = new double[padded], room = ArrayPool<double>.Shared.Rent(2 * padded);
        Span<double> squares = room.AsSpan(0, padded), away = room.AsSpan(padded, padded);
        squares.Clear();
        for (var j = 0; j < _c; j++)
        {
            RowColumns.AddSquares(columns.AsSpan(j * padded, padded), x[j], away, squares);
        }

        var h = _h;
        for (var attempt = 0; ; attempt++, h *= 1.5)
        {
            RowColumns.Weigh(squares, double.IsInfinity(h) ? 0 : -0.5 / (h * h), weights);
            weights.AsSpan(values.Length).Clear();
            var total = RowColumns.Sum(weights);
            if (total * total > Math.Min(FewestRows, values.Length - 0.5) * Data.CholeskyFactor.Dot(weights, weights) || attempt == 40 || double.IsInfinity(h))
            {
                break;
            }
        }

        ArrayPool<double>.Shared.Return(room);
        return new ConditionalLaw(
            values, weights, _form == QuantileForm.Values ? 0 : _mean!.MeanAt(x, category)[0], _form == QuantileForm.Scaled ? Math.Exp(0.5 * _scale!.MeanAt(x, category)[0]) : 1);
    }

    private double ValueOf(QuantileForm form, int i) => form switch
    {
        QuantileForm.Values => _y[i],
        QuantileForm.Shifted => _left[i],
        _ => _left[i] / _spread[i],
    };

    private double Square(int a, int b)
    {
        double sum = 0;
        for (var j = 0; j < _c; j++)
        {
            double away = _x[a * _c + j] - _x[b * _c + j];
            sum += away * away;
        }

        return sum;
    }

    /// <summary>∫ (F − 1[v ≤ ·])², F the step function of weighted values.</summary>
    private double Score(QuantileForm form, int[] order, int[] rows, double[] weights, double total, double v)
    {
        double score = 0, sum = 0, last = double.NaN;
        foreach (var a in order)
        {
            if (weights[a] == 0)
            {
                continue;
            }

            var value = ValueOf(form, rows[a]);
            if (double.IsNaN(last))
            {
                score += Math.Max(0, value - v);
            }
            else
            {
                var (below, share) = (Math.Clamp(v, last, value), sum / total);
                score += share * share * (below - last) + (1 - share) * (1 - share) * (value - below);
            }

            sum += weights[a];
            last = value;
        }

        return score + Math.Max(0, v - last);
    }
}
