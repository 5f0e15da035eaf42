// Notation
//   z_q/q   bends [Q, D] of a trajectory, each divided by its number: all terms are on the scale of the curve
//   input   both end points and x

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.Geometry;
using HtiTune.Surrogates.Networks;

namespace HtiTune.Surrogates;

/// <summary>The network that gives bends from end points.</summary>
internal static class PathRegression
{
    /// <summary>Trains it.</summary>
    /// <param name="trajectories">The trajectories.</param>
    /// <param name="interval">Whose end points.</param>
    /// <param name="bends">z, [N, Q, D].</param>
    /// <param name="rows">The trajectories to learn from.</param>
    /// <param name="shape">Layers and steps.</param>
    /// <param name="random">Chance of the training.</param>
    /// <param name="cancellation">Ends it.</param>
    internal static FrozenNetwork Train(
        Trajectories trajectories, int interval, float[] bends, int[] rows, NetworkShape shape, RandomStreams random, CancellationToken cancellation)
    {
        var size = SineBasis.Count * trajectories.Dimension;
        var targets = new float[rows.Length * size];
        for (var i = 0; i < rows.Length; i++)
        {
            for (var q = 0; q < size; q++)
            {
                targets[i * size + q] = bends[rows[i] * size + q] / (q / trajectories.Dimension + 1);
            }
        }

        return NetworkTrainer.Train(
            Inputs(trajectories, interval, rows),
            2 * trajectories.Dimension + trajectories.ConditionCount,
            Array.ConvertAll(rows, t => trajectories.Categories[t]),
            trajectories.CategoryCount,
            targets,
            size,
            shape,
            random,
            cancellation);
    }

    /// <summary>Writes the bends that a network gives into those of all trajectories but some.</summary>
    /// <param name="network">The network.</param>
    /// <param name="trajectories">The trajectories.</param>
    /// <param name="interval">Whose end points.</param>
    /// <param name="bends">Takes z, [N, Q, D].</param>
    /// <param name="solved">The trajectories whose bends stay.</param>
    internal static void Fill(FrozenNetwork network, Trajectories trajectories, int interval, float[] bends, int[] solved)
    {
        int[] rows = [.. Enumerable.Range(0, trajectories.Count).Except(solved)];
        var size = SineBasis.Count * trajectories.Dimension;
        var given = new float[rows.Length * size];
        network.Evaluate(Inputs(trajectories, interval, rows), Array.ConvertAll(rows, t => trajectories.Categories[t]), given);
        for (var i = 0; i < given.Length; i++)
        {
            bends[rows[i / size] * size + i % size] = given[i] * (i % size / trajectories.Dimension + 1);
        }
    }

    private static float[] Inputs(Trajectories trajectories, int interval, int[] rows)
    {
        int d = trajectories.Dimension, c = trajectories.ConditionCount;
        return Trajectories.Joined(
            rows.Length,
            (Trajectories.Select(trajectories.Points[interval], rows, d), d),
            (Trajectories.Select(trajectories.Points[interval + 1], rows, d), d),
            (Trajectories.Select(trajectories.Conditions[interval], rows, c), c));
    }
}
