using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates.Uncertainty;

/// <summary>The anchors' samples out of a fitted surrogate: its trajectories pass through every row of every anchor.</summary>
internal static class StoredAnchors
{
    /// <summary>The anchors, rows in their own order, to the precision of the standardised numbers.</summary>
    internal static AnchorSet Of(TrajectoryState state)
    {
        var trajectories = state.Trajectories;
        return new AnchorSet(state.Hyperparameter, state.Lambdas.Select((lambda, k) =>
        {
            // Where rows are repeated, any of a row's trajectories will do.
            var through = new int[trajectories.Rows[k].Max() + 1];
            for (var t = 0; t < trajectories.Count; t++)
            {
                through[trajectories.Rows[k][t]] = t;
            }

            return new Anchor(lambda, new Samples(
                Undone(trajectories.Points[k], trajectories.Dimension, state.Outputs, through), ContextsOf(state, k, through)));
        }));
    }

    private static Contexts ContextsOf(TrajectoryState state, int anchor, int[] through)
    {
        var trajectories = state.Trajectories;
        if (state.Report.Coupling == CouplingKind.ByContext)
        {
            return state.Contexts;
        }

        var conditions = Undone(trajectories.Conditions[anchor], trajectories.ConditionCount, state.Conditions, through);
        return state.CategoryCount == 0
            ? new Contexts(conditions)
            : new Contexts(conditions, Array.ConvertAll(through, t => trajectories.Categories[t]), state.CategoryCount);
    }

    private static Matrix Undone(float[] values, int columns, Standardizer scale, int[] through)
    {
        var rows = Trajectories.Select(values, through, columns);
        for (var i = 0; i < through.Length; i++)
        {
            var row = rows.AsSpan(i * columns, columns);
            scale.Undo(row, row);
        }

        return new Matrix(through.Length, columns, rows);
    }
}
