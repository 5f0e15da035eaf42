// Anchors answer the same contexts, in any order: rows are then put into one order, and belong together. Without continuous conditions rows are draws of their category, as many
// of each anchor as the one with the fewest has. Else contexts are each anchor's own, and nothing but laws given a context can be compared.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>Outputs of anchors, in one order where they answer the same contexts.</summary>
/// <param name="Outputs">Of each anchor, [n_k, D].</param>
/// <param name="Contexts">What each answers; the same object for all where <paramref name="IsAlike"/>.</param>
/// <param name="IsAlike">Whether all answer the same.</param>
/// <param name="Root">The anchor that is nearest to all others: its contexts are served, and its rows carried.</param>
/// <param name="Notes">What a user should know of it.</param>
internal sealed record SpaceRows(Matrix[] Outputs, Contexts[] Contexts, bool IsAlike, int Root, string[] Notes)
{
    /// <summary>What is served where nothing else is asked for.</summary>
    internal Contexts Served => Contexts[Root];

    /// <summary>Looks at anchors.</summary>
    /// <param name="anchors">The anchors.</param>
    /// <param name="places">Their coordinates.</param>
    /// <param name="basis">The contexts in whose order rows are wanted; null: those of the first anchor.</param>
    internal static SpaceRows Of(AnchorSet anchors, double[][] places, Contexts? basis)
    {
        var root = TreeCoupling.RootOf(places);
        basis ??= anchors[0].Samples.Contexts;
        if (Aligned(anchors, basis) is { } outputs)
        {
            return new SpaceRows(outputs, [.. anchors.Select(_ => basis)], true, root, []);
        }

        if (anchors.ConditionCount == 0)
        {
            return Thinned(anchors, root);
        }

        Matrix[] own = [.. anchors.Select(anchor => anchor.Samples.Outputs)];
        Contexts[] contexts = [.. anchors.Select(anchor => anchor.Samples.Contexts)];
        var notes = new List<string> { "Anchors answered contexts of their own: what they share are laws given a context." };
        foreach (var (k, rows) in RowScreen.Find([.. anchors.Select(anchor => anchor.Samples)]).Index().Where(one => one.Item.Count > 0))
        {
            notes.Add(RowScreen.TextOf(anchors.Space.TextOf(anchors[k].Configuration), rows, own[k].Rows) + ".");
            int[] kept = [.. Enumerable.Range(0, own[k].Rows).Where(i => !rows.ContainsKey(i))];
            (own[k], contexts[k]) = (own[k].SelectRows(kept), contexts[k].Select(kept));
        }

        return new SpaceRows(own, contexts, false, root, [.. notes]);
    }

    /// <summary>The anchor whose rows are carried where one is left out: the root, or where that is left out the nearest to it.</summary>
    /// <param name="anchor">The anchor that is left out.</param>
    /// <param name="places">Coordinates of all.</param>
    internal int SourceWithout(int anchor, double[][] places) => Root != anchor ? Root
        : Enumerable.Range(0, places.Length).Where(k => k != anchor).MinBy(k => SpaceCoordinates.Distance(places[k], places[anchor]));

    /// <summary>Of each anchor as many draws of each category as the one with the fewest rows has, spread evenly over its rows.</summary>
    private static SpaceRows Thinned(AnchorSet anchors, int root)
    {
        var basis = anchors.MinBy(anchor => anchor.Samples.Count)!.Samples.Contexts;
        var none = new Standardizer([], []);
        try
        {
            return new SpaceRows(
                [.. anchors.Select(anchor => anchor.Samples.Outputs.SelectRows(new TrajectoryLookup(anchor.Samples.Contexts, none).Choose(basis).Trajectories))],
                [.. anchors.Select(_ => basis)], true, root,
                [$"Anchors have {basis.Count} to {anchors.Max(anchor => anchor.Samples.Count)} rows: {basis.Count} of each are taken, spread evenly over them."]);
        }
        catch (ArgumentException problem)
        {
            throw new ArgumentException($"Anchors hold rows of other categories: {problem.Message}", nameof(anchors), problem);
        }
    }

    /// <summary>The anchors' outputs in the order of some contexts; null where an anchor answers others.</summary>
    private static Matrix[]? Aligned(AnchorSet anchors, Contexts contexts)
    {
        var places = new Lazy<Dictionary<string, int[]>>(() => Enumerable.Range(0, contexts.Count).GroupBy(i => ContextKey.Of(contexts, i)).ToDictionary(group => group.Key, group => group.ToArray()));
        var outputs = new Matrix[anchors.Count];
        for (var k = 0; k < outputs.Length; k++)
        {
            var samples = anchors[k].Samples;
            if (samples.Contexts.SameAs(contexts))
            {
                outputs[k] = samples.Outputs;
            }
            else if (RowsOf(samples.Contexts) is { } rows)
            {
                outputs[k] = samples.Outputs.SelectRows(rows);
            }
            else
            {
                return null;
            }
        }

        return outputs;

        int[]? RowsOf(Contexts own)
        {
            if (own.Count != contexts.Count)
            {
                return null;
            }

            var (rows, taken) = (new int[own.Count], new Dictionary<string, int>());
            for (var i = 0; i < own.Count; i++)
            {
                var key = ContextKey.Of(own, i);
                var rank = taken[key] = taken.GetValueOrDefault(key, -1) + 1;
                if (!places.Value.TryGetValue(key, out var same) || rank >= same.Length)
                {
                    return null;
                }

                rows[same[rank]] = i;
            }

            return rows;
        }
    }
}
