// Notation
//   f(u)          what is believed of the objective, u uniform on the unit cube of the coordinates;  V its variance
//   A, B          two independent samples of N places;  A_i  is A with coordinate i from B
//   S_i = (1/NV) Σ f(B)(f(A_i) − f(A))       share of V that coordinate i makes alone          [Saltelli2010, table 2 (b)]
//   T_i = (1/2NV) Σ (f(A) − f(A_i))²         share that is gone where i stands still            [Jansen1999]
// A coordinate that is not active changes nothing, and so counts as much as it is active.


namespace HtiTune.Diagnostics;

/// <summary>How much of an objective's variation over a search space hangs on one hyperparameter, by what is believed.</summary>
/// <param name="Name">The hyperparameter.</param>
/// <param name="First">Share of the variance that it makes alone (first Sobol index), 0 to 1.</param>
/// <param name="Total">Share of the variance that is gone where it stands still (total Sobol index): with what it does together with others. 0 to 1, at least <paramref name="First"/> up to chance.</param>
public sealed record Importance(string Name, double First, double Total)
{
    private const int FewPlaces = 64, Draws = 32;
    private const double Tail = 0.05;

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(Importance), PrintMembers);

    /// <summary>From what to what <see cref="First"/> is, in 90 % of joint draws of the belief; <see cref="First"/> alone where the belief is of one hyperparameter.</summary>
    public (double Low, double High) FirstInterval { get; init; } = (First, First);

    /// <summary>From what to what <see cref="Total"/> is, in 90 % of joint draws of the belief; <see cref="Total"/> alone where the belief is of one hyperparameter.</summary>
    public (double Low, double High) TotalInterval { get; init; } = (Total, Total);

    /// <summary>Estimates the indices of all hyperparameters.</summary>
    /// <param name="space">The space.</param>
    /// <param name="value">The mean of what is believed at a configuration.</param>
    /// <param name="draws">Begins joint draws at some configurations: each call of what it returns makes one, a function of the configuration's number. Null: no intervals.</param>
    /// <param name="stream">Chance.</param>
    /// <param name="count">N.</param>
    internal static IReadOnlyList<Importance> Of(
        SearchSpace space, Func<Configuration, double> value, Func<Configuration[], Func<Func<int, double>>>? draws, RandomStream stream, int count)
    {
        var design = Design.Of(space, stream, count);
        var mean = design.Indices(Array.ConvertAll(design.Configurations, u => value(u)));
        IReadOnlyList<Importance> importances = [.. space.Select((one, i) => new Importance(one.Name, mean[i].First, mean[i].Total))];
        if (draws is null)
        {
            return importances;
        }

        // Of few places an index is far from the whole space's; how far a draw's is from the mean's is not.
        var few = Design.Of(space, stream, FewPlaces);
        var means = Array.ConvertAll(few.Configurations, u => value(u));
        var ofMean = few.Indices(means);
        var next = draws(few.Configurations);
        var drawn = new (double First, double Total)[Draws][];
        for (var j = 0; j < Draws; j++)
        {
            // Where a draw has no answer it says nothing beyond the mean.
            var draw = next();
            drawn[j] = few.Indices([.. means.Select((there, m) => draw(m) is var at && double.IsFinite(at) ? at : there)]);
        }

        return [.. importances.Select((one, i) => one with
        {
            FirstInterval = Interval(one.First, ofMean[i].First, [.. drawn.Select(indices => indices[i].First)]),
            TotalInterval = Interval(one.Total, ofMean[i].Total, [.. drawn.Select(indices => indices[i].Total)]),
        })];
    }

    // The middle 90 % of the draws, and the mean's own.
    private static (double Low, double High) Interval(double index, double ofMean, double[] drawn)
    {
        Array.Sort(drawn);
        var left = (int)(Tail * drawn.Length);
        return (Math.Clamp(Math.Min(index, index + drawn[left] - ofMean), 0, 1), Math.Clamp(Math.Max(index, index + drawn[^(left + 1)] - ofMean), 0, 1));
    }

    /// <summary>A, B and each A_i.</summary>
    private sealed record Design(Configuration[] Configurations, int Count, int Dimensions)
    {
        internal static Design Of(SearchSpace space, RandomStream stream, int count)
        {
            double[][] Draw() => [.. Enumerable.Range(0, count).Select(_ => (double[])[.. space.Select(_ => stream.NextDouble())])];
            var (a, b) = (Draw(), Draw());
            var mixed = space.SelectMany((_, i) => a.Select((u, k) => (double[])[.. u[..i], b[k][i], .. u[(i + 1)..]]));
            return new Design([.. a.Concat(b).Concat(mixed).Select(u => space.FromUnit(u))], count, space.Count);
        }

        internal (double First, double Total)[] Indices(double[] values)
        {
            // Values far from 0 would drown the products in rounding.
            var mean = values.Take(2 * Count).Sum() / (2.0 * Count);
            var variance = values.Take(2 * Count).Sum(f => (f - mean) * (f - mean)) / (2.0 * Count);
            var indices = new (double First, double Total)[Dimensions];
            for (var i = 0; variance > 0 && i < Dimensions; i++)
            {
                double first = 0, total = 0;
                for (var k = 0; k < Count; k++)
                {
                    var (a, b, mixed) = (values[k], values[Count + k], values[(i + 2) * Count + k]);
                    first += (b - mean) * (mixed - a);
                    total += (a - mixed) * (a - mixed);
                }

                indices[i] = (Math.Clamp(first / (Count * variance), 0, 1), Math.Clamp(total / (2 * Count * variance), 0, 1));
            }

            return indices;
        }
    }
}
