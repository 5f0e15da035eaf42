// Notation
//   F_k(· | x)      law of an output at anchor k in a context (ConditionalQuantiles), column by column
//   y → F_k⁻¹(F_s(y | x) | x)     a row of anchor s at anchor k: it keeps the level that it has in its own law, and rows the company of their columns' levels
//   level           of rows that are given together in one context, n of them: what F_s says of N rows and what their own order says, (N F_s + (n − 1) order)/(N + n − 1):
//                   they are draws of that law as the stored rows are. Where their order contradicts F_s beyond chance they are no such draws, and it is left out.
// Between one output's laws it is the transport of least cost, whatever their form, where an affine map meets mean and variance alone.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>What a <see cref="QuantileCarrier"/> has chosen.</summary>
/// <param name="Forms">A form of each column.</param>
/// <param name="Widths">h of each column.</param>
/// <param name="Means">Widths of the means, [K, D].</param>
/// <param name="Scales">Widths of the spreads in each round, [K, D, R]; of early files those of the last one, [K, D].</param>
internal sealed record QuantileState(QuantileForm[] Forms, double[] Widths, double[] Means, double[] Scales);

/// <summary>Carries rows between anchors by their levels in conditional laws.</summary>
internal sealed class QuantileCarrier : IRowCarrier
{
    /// <summary>How far the order of rows may be from their levels, in standard deviations of a level.</summary>
    private const double MostContradiction = 4;

    /// <summary>Places of rows of one value within its share: another sequence than that by which whole numbers are rounded, or both would agree.</summary>
    private const double SilverStep = 0.4142135623730950;

    private readonly ConditionalQuantiles[][] _laws;
    private readonly int _d, _c;

    /// <param name="trajectories">The anchors' rows.</param>
    /// <param name="state">What was chosen; null to choose.</param>
    internal QuantileCarrier(Trajectories trajectories, QuantileState? state)
        : this(
            trajectories.Points, trajectories.Dimension, trajectories.Conditions, trajectories.ConditionCount,
            [.. trajectories.Points.Select(_ => trajectories.Categories)], trajectories.CategoryCount, state)
    {
    }

    /// <param name="y">Standardised outputs of each anchor, [·, D].</param>
    /// <param name="d">D.</param>
    /// <param name="x">Standardised conditions of each, [·, C].</param>
    /// <param name="c">C.</param>
    /// <param name="categories">Categories of each anchor's rows.</param>
    /// <param name="categoryCount">Number of categories, 1 without.</param>
    /// <param name="state">What was chosen; null to choose.</param>
    internal QuantileCarrier(float[][] y, int d, float[][] x, int c, int[][] categories, int categoryCount, QuantileState? state)
    {
        (_d, _c) = (d, c);
        _laws = [.. y.Select((rows, k) => Enumerable.Range(0, d).Select(j => new ConditionalQuantiles(
            Column(rows, j, d), x[k], c, categories[k], categoryCount, WidthsOf(state, k * d + j))).ToArray())];
        State = state ?? Choose();
        for (var j = 0; j < d; j++)
        {
            foreach (var anchor in _laws)
            {
                anchor[j].Take(State.Forms[j], State.Widths[j]);
            }
        }
    }

    /// <summary>What was chosen.</summary>
    internal QuantileState State { get; }

    /// <inheritdoc/>
    public float[]?[] Carry(float[] y, float[] own, float[] x, int[] categories, int source, double[]? weights)
    {
        int n = categories.Length, c = _c;
        var carried = new float[]?[_laws.Length];
        var isMoved = !ReferenceEquals(own, x);
        for (var k = 0; k < carried.Length; k++)
        {
            carried[k] = k == source && !isMoved ? y : weights is null || weights[k] != 0 || k == source ? new float[n * _d] : null;
        }

        foreach (var rows in AffineCarrier.SameContext(own, x, categories, c))
        {
            var (from, to, category) = (rows[0] * c, rows[0] * c, categories[rows[0]]);
            for (var j = 0; j < _d; j++)
            {
                var levels = Levels(_laws[source][j].At(own.AsSpan(from, c), category), y, rows, j);
                for (var k = 0; k < carried.Length; k++)
                {
                    if (carried[k] is not { } target || (k == source && !isMoved))
                    {
                        continue;
                    }

                    var law = _laws[k][j].At(x.AsSpan(to, c), category);
                    for (var a = 0; a < rows.Length; a++)
                    {
                        target[rows[a] * _d + j] = (float)law.At(levels[a].Level, levels[a].Beyond);
                    }
                }
            }
        }

        return carried;
    }

    private (double Level, double Beyond)[] Levels(ConditionalLaw law, float[] y, int[] rows, int j)
    {
        var levels = Array.ConvertAll(rows, i => law.Of(y[i * _d + j], (i + 0.5) * SilverStep % 1));
        if (rows.Length == 1)
        {
            return levels;
        }

        // Ties have an order by their levels, which are spread over what they share.
        int[] order = [.. Enumerable.Range(0, rows.Length).OrderBy(a => y[rows[a] * _d + j]).ThenBy(a => levels[a].Level)];
        var deviation = Math.Sqrt(0.25 / rows.Length + 0.25 / law.Rows);
        double own = rows.Length - 1;
        for (var rank = 0; rank < order.Length; rank++)
        {
            if (Math.Abs(levels[order[rank]].Level - (rank + 0.5) / order.Length) > MostContradiction * deviation)
            {
                return levels;
            }
        }

        for (var rank = 0; rank < order.Length; rank++)
        {
            var (level, beyond) = levels[order[rank]];
            levels[order[rank]] = ((law.Rows * level + own * (rank + 0.5) / order.Length) / (law.Rows + own), beyond);
        }

        return levels;
    }

    private QuantileState Choose()
    {
        var forms = new QuantileForm[_d];
        var widths = new double[_d];
        for (var j = 0; j < _d; j++)
        {
            var least = double.PositiveInfinity;
            var scores = _laws.Select(anchor => anchor[j].Scores()).ToArray();
            var isShared = _laws.Any(anchor => anchor[j].IsShared);
            for (var form = 0; form < (isShared ? 1 : scores[0].Length); form++)
            {
                for (var w = 0; w < ConditionalQuantiles.Widths.Length; w++)
                {
                    var sum = scores.Sum(anchor => anchor[form][w]);
                    if (sum < least)
                    {
                        (least, forms[j], widths[j]) = (sum, (QuantileForm)form, ConditionalQuantiles.Widths[w]);
                    }
                }
            }
        }

        return new QuantileState(
            forms, widths, [.. _laws.SelectMany(anchor => anchor.Select(law => law.Smoothing.Mean))], [.. _laws.SelectMany(anchor => anchor.SelectMany(law => law.Smoothing.Scales))]);
    }

    private static (double Mean, double[] Scales)? WidthsOf(QuantileState? state, int law)
    {
        const int rounds = ConditionalQuantiles.Rounds + 1;
        return state is null ? null
            : (state.Means[law], state.Scales.Length == state.Means.Length ? [.. Enumerable.Repeat(state.Scales[law], rounds)] : state.Scales[(law * rounds)..((law + 1) * rounds)]);
    }

    private static float[] Column(float[] rows, int j, int d) => d == 1 ? rows : [.. Enumerable.Range(0, rows.Length / d).Select(i => rows[i * d + j])];
}
