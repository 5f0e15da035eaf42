namespace HtiTune.Diagnostics;

// Notation (inside, larger is better)
//   f_s   a joint path of the posterior on the grid, s = 1 … S        b    grid index of the best trained value
//   C     chosen places, |C| = n                                        G(C) = 1/S Σ_s max(0, max over c in C of f_s(c) − f_s(b))
// C grows by the place that raises G most (greedy, within 1 − 1/e of the best set, for G is submodular: [Nemhauser1978]). Its gain is what n trainings bring that
// are chosen together; those that are chosen one after the other, each by what the ones before brought, bring as much in expectation or more.

/// <summary>Looks ahead by joint draws of what further trainings may gain.</summary>
internal static class LookAhead
{
    /// <summary>Paths that expectations are taken over.</summary>
    internal const int Draws = 1024;

    /// <summary>Looks ahead.</summary>
    /// <param name="posterior">The belief on the grid.</param>
    /// <param name="best">Grid index of the best trained value.</param>
    /// <param name="most">Trainings to look ahead, 1 and up.</param>
    /// <param name="stream">All chance of the draws.</param>
    /// <returns>Gains and limit, in the model.</returns>
    internal static BudgetOutlook Of(GridPosterior posterior, int best, int most, RandomStream stream)
    {
        var (count, paths) = (posterior.Count, new List<float[]>(Draws));
        posterior.Draw(Draws, stream, path =>
        {
            var gains = new float[count];
            for (var i = 0; i < count; i++)
            {
                gains[i] = (float)(path[i] - path[best]);
            }

            paths.Add(gains);
        });
        return Of(paths, most);
    }

    /// <summary>Looks ahead by joint draws of values, of which less is better.</summary>
    /// <param name="next">Makes a draw, as a function of the place; place 0 is the best trained one.</param>
    /// <param name="places">Number of places.</param>
    /// <param name="known">The best trained value, where it is known; null: it is drawn.</param>
    /// <param name="draws">Number of draws.</param>
    /// <param name="most">Trainings to look ahead, 1 and up.</param>
    /// <param name="cancellation">Ends the draws.</param>
    internal static BudgetOutlook Of(Func<Func<int, double>> next, int places, double? known, int draws, int most, CancellationToken cancellation)
    {
        var paths = new List<float[]>(draws);
        for (var s = 0; s < draws; s++)
        {
            cancellation.ThrowIfCancellationRequested();
            var path = next();
            var best = known ?? path(0);

            // Where the objective has no answer nothing is gained.
            paths.Add([.. Enumerable.Range(0, places).Select(i => path(i) is var value && double.IsFinite(value) ? (float)(best - value) : float.NegativeInfinity)]);
        }

        return Of(paths, most);
    }

    /// <summary>Looks ahead by draws that were made.</summary>
    /// <param name="paths">For each draw what each place gains over the best trained value, [s][i], at least one of each.</param>
    /// <param name="most">Trainings to look ahead, 1 and up.</param>
    internal static BudgetOutlook Of(IReadOnlyList<float[]> paths, int most)
    {
        var count = paths[0].Length;
        var limit = paths.Sum(gains => Math.Max(0.0, gains.Max()));
        var reached = new float[paths.Count];
        var expected = new double[most];
        var rise = new double[count];
        for (var n = 0; n < most; n++)
        {
            Array.Clear(rise);
            for (var s = 0; s < paths.Count; s++)
            {
                var (gains, has) = (paths[s], reached[s]);
                for (var i = 0; i < count; i++)
                {
                    rise[i] += Math.Max(0, gains[i] - has);
                }
            }

            var chosen = Array.IndexOf(rise, rise.Max());
            expected[n] = (n == 0 ? 0 : expected[n - 1]) + rise[chosen] / paths.Count;
            for (var s = 0; s < paths.Count; s++)
            {
                reached[s] = Math.Max(reached[s], paths[s][chosen]);
            }
        }

        return new BudgetOutlook(Array.AsReadOnly(expected), limit / paths.Count);
    }
}
