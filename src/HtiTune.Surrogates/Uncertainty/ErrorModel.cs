// Notation
//   F           a functional of the outputs;  A_k  its value at anchor k;  E(s)  its value at share s of an interval
//   G           movement of F: root mean square of A_{k+1} − A_k
//   U           natural spread of F: √n times its standard error over n rows, by the bootstrap [Efron1979]
//   u           unit of scatter √(U·max(G, U/20)): between what F moves by and what it spreads by, so that it neither vanishes for a functional
//               that happens to stand still nor ignores that one moves little
//   σ_θ         error of the pace (ErrorMixture), for all functionals;  τ  scatter of trainings and of everything else, in units u
//   b(s)        (4s(1−s))^½, the rise of the scatter's variance from the anchors, which are met exactly, to the middle
//   S           standard error of F over the rows, for draws; 0 for deterministic outputs, asked the same contexts everywhere
// Law of F at λ:  ∫ N(E(s_θ), τ²u²b(s) + 2S²) dπ(θ, σ_θ, τ);  2S²: the real network would be judged by draws of its own.
// π is learned from the folds that leave one interior anchor out (LeaveOneOut): the law at λ_i across the gap of two intervals, where
// scatter is r times smaller than τ says for gaps half as wide, r ∈ {1 (trainings that scatter), 2, 4 (a smooth bend)} unknown. Each fold
// counts as three observations, however many functionals its panel has, because their errors go together. Flat over the grids below; with two
// anchors there is no fold, and π stays flat.
// A fold is read at the share that the clock of the full fit gives its λ_i: the clock was learned by the same omission, and its own error is in σ_θ.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates.Uncertainty;

/// <summary>How far functionals of a surrogate are from those of the real network.</summary>
internal sealed class ErrorModel
{
    /// <summary>Shares at which functionals are evaluated on an interval.</summary>
    internal const int GridPoints = 21;

    private const double FoldWeight = 3;
    private const double LeastMovement = 0.05;
    private const double NegligibleWeight = 1e-3;
    private static readonly double[] s_paces = [0.1, 0.2, 0.4, 0.8, 1.6, 3];
    private static readonly double[] s_scatters = [0.01, 0.03, 0.1, 0.2, 0.4, 0.8];
    private static readonly double[] s_gapRatios = [1, 2, 4];

    private readonly double[,] _weights;

    private ErrorModel(double[,] weights) => _weights = weights;

    /// <summary>Learns π.</summary>
    /// <param name="surrogate">The surrogate of all anchors.</param>
    /// <param name="cancellation">Ends the fits that leave an anchor out.</param>
    internal static ErrorModel Learn(TrajectorySurrogate surrogate, CancellationToken cancellation)
    {
        var state = surrogate.State;
        var anchors = StoredAnchors.Of(state);
        var panel = PanelFunctional.All(anchors.Dimension);
        var stored = anchors.Select(anchor => PanelFunctional.Values(panel, anchor.Samples.Outputs)).ToArray();
        var errors = StandardErrors(panel, anchors, state.Options.Seed);
        var cache = new CouplingCache();
        var logs = new double[Math.Max(0, anchors.Count - 2)][,,];
        InParallel.For(logs.Length, state.Options.Threads ?? Environment.ProcessorCount, piece =>
        {
            var i = piece + 1;
            var fold = LeaveOneOut.Fit(anchors, i, state.Options, cache, cancellation);
            var contexts = anchors[i - 1].Samples.Contexts;
            var grids = Enumerable.Range(0, GridPoints)
                .Select(g => PanelFunctional.Values(panel, fold.AtShare(i - 1, g / (GridPoints - 1.0), contexts).Outputs)).ToArray();
            logs[piece] = FoldLikelihood(state, i, state.ShareOf(i), grids, stored, errors, anchors[i].Samples.Count);
        }, cancellation);
        return new ErrorModel(Posterior(logs));
    }

    /// <summary>The law of a functional.</summary>
    /// <param name="grid">E at evenly spaced shares of the interval.</param>
    /// <param name="share">s.</param>
    /// <param name="movement">G.</param>
    /// <param name="spread">U.</param>
    /// <param name="chance">2S², or 0.</param>
    internal ErrorMixture Law(double[] grid, double share, double movement, double spread, double chance)
    {
        var law = new ErrorMixture();
        for (var p = 0; p < s_paces.Length; p++)
        {
            for (var q = 0; q < s_scatters.Length; q++)
            {
                if (_weights[p, q] >= NegligibleWeight)
                {
                    law.Add(_weights[p, q], grid, share, s_paces[p], Variance(s_scatters[q], movement, spread, share) + chance);
                }
            }
        }

        return law;
    }

    private static double Variance(double scatter, double movement, double spread, double share) =>
        scatter * scatter * spread * Math.Max(movement, LeastMovement * spread) * Math.Sqrt(4 * Math.Max(0, share * (1 - share)));

    private static double[,,] FoldLikelihood(
        TrajectoryState state, int i, double share, double[][] grids, double[][] stored, double[][] errors, int rows)
    {
        var logs = new double[s_paces.Length, s_scatters.Length, s_gapRatios.Length];
        var others = stored.Where((_, k) => k != i).ToArray();
        for (var f = 0; f < stored[0].Length; f++)
        {
            var grid = Array.ConvertAll(grids, values => values[f]);
            var movement = Movement([.. others.Select(values => values[f])]);
            var spread = errors.Average(values => values[f]) * Math.Sqrt(rows);
            var chance = state.Report.Deterministic ? 0 : 2 * errors[i][f] * errors[i][f];

            // Rounding of single precision, so that functionals that neither move nor spread have a law.
            var floor = 1e-12 * (1e-12 + grid.Max(Math.Abs)) * (1e-12 + grid.Max(Math.Abs));
            for (var p = 0; p < s_paces.Length; p++)
            {
                for (var q = 0; q < s_scatters.Length; q++)
                {
                    for (var r = 0; r < s_gapRatios.Length; r++)
                    {
                        logs[p, q, r] += FoldWeight / stored[0].Length * ErrorMixture.LogDensity(
                            stored[i][f], grid, share, s_paces[p], Variance(s_gapRatios[r] * s_scatters[q], movement, spread, share) + chance + floor);
                    }
                }
            }
        }

        return logs;
    }

    private static double[,] Posterior(double[][,,] folds)
    {
        var logs = new double[s_paces.Length, s_scatters.Length, s_gapRatios.Length];
        var most = double.NegativeInfinity;
        for (var p = 0; p < s_paces.Length; p++)
        {
            for (var q = 0; q < s_scatters.Length; q++)
            {
                for (var r = 0; r < s_gapRatios.Length; r++)
                {
                    logs[p, q, r] = folds.Sum(fold => fold[p, q, r]);
                    most = Math.Max(most, logs[p, q, r]);
                }
            }
        }

        var weights = new double[s_paces.Length, s_scatters.Length];
        double total = 0;
        for (var p = 0; p < s_paces.Length; p++)
        {
            for (var q = 0; q < s_scatters.Length; q++)
            {
                for (var r = 0; r < s_gapRatios.Length; r++)
                {
                    weights[p, q] += Math.Exp(logs[p, q, r] - most);
                }

                total += weights[p, q];
            }
        }

        for (var p = 0; p < s_paces.Length; p++)
        {
            for (var q = 0; q < s_scatters.Length; q++)
            {
                weights[p, q] /= total;
            }
        }

        return weights;
    }

    /// <summary>G of a functional's values at the anchors.</summary>
    internal static double Movement(double[] values) =>
        Math.Sqrt(values.Zip(values.Skip(1), (a, b) => (b - a) * (b - a)).DefaultIfEmpty(0).Average());

    private static double[][] StandardErrors(PanelFunctional[] panel, AnchorSet anchors, long seed)
    {
        var random = new RandomStreams(seed).Fork("uncertainty").Stream("panel");
        return [.. anchors.Select(anchor => Bootstrap.StandardErrors(
            anchor.Samples.Count, rows => PanelFunctional.Values(panel, anchor.Samples.Outputs.SelectRows(rows)), random))];
    }
}
