// Notation
//   f(u)          what is believed of the objective, u uniform on the unit cube of the coordinates;  V its variance
//   A, B          two independent samples of N places;  A_i  is A with coordinate i from B
//   S_i = (1/NV) Σ f(B)(f(A_i) − f(A))       share of V that coordinate i makes alone          [Saltelli2010, table 2 (b)]
//   T_i = (1/2NV) Σ (f(A) − f(A_i))²         share that is gone where i stands still            [Jansen1999]
// A coordinate that is not active changes nothing, and so counts as much as it is active.

using HtiTune.Data;

namespace HtiTune.Diagnostics;

/// <summary>How much of an objective's variation over a search space hangs on one hyperparameter, by what is believed.</summary>
/// <param name="Name">The hyperparameter.</param>
/// <param name="First">Share of the variance that it makes alone (first Sobol index), 0 to 1.</param>
/// <param name="Total">Share of the variance that is gone where it stands still (total Sobol index): with what it does together with others. 0 to 1, at least <paramref name="First"/> up to chance.</param>
public sealed record Importance(string Name, double First, double Total)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(Importance), PrintMembers);

    /// <summary>Estimates the indices of all hyperparameters.</summary>
    /// <param name="space">The space.</param>
    /// <param name="value">What is believed at a configuration.</param>
    /// <param name="stream">Chance.</param>
    /// <param name="count">N.</param>
    internal static IReadOnlyList<Importance> Of(SearchSpace space, Func<Configuration, double> value, RandomStream stream, int count)
    {
        double[] At(double[][] places) => [.. places.Select(u => value(space.FromUnit(u)))];
        double[][] Draw() => [.. Enumerable.Range(0, count).Select(_ => (double[])[.. space.Select(_ => stream.NextDouble())])];
        var (a, b) = (Draw(), Draw());
        double[] fa = At(a), fb = At(b);

        // Values far from 0 would drown the products in rounding.
        var mean = (fa.Sum() + fb.Sum()) / (2.0 * count);
        var variance = (fa.Sum(f => (f - mean) * (f - mean)) + fb.Sum(f => (f - mean) * (f - mean))) / (2.0 * count);
        return [.. space.Select((one, i) =>
        {
            if (!(variance > 0))
            {
                return new Importance(one.Name, 0, 0);
            }

            var mixed = At([.. a.Select((u, k) => (double[])[.. u[..i], b[k][i], .. u[(i + 1)..]])]);
            var first = Enumerable.Range(0, count).Sum(k => (fb[k] - mean) * (mixed[k] - fa[k])) / (count * variance);
            var total = Enumerable.Range(0, count).Sum(k => (fa[k] - mixed[k]) * (fa[k] - mixed[k])) / (2 * count * variance);
            return new Importance(one.Name, Math.Clamp(first, 0, 1), Math.Clamp(total, 0, 1));
        })];
    }
}
