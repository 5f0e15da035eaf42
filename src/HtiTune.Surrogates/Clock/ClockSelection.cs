// Notation
//   i        an interior anchor, left out;  a, b  rows of the anchors i−1 and i+1, coupled without it;  y  its own samples
//   f(θ)     how far between i−1 and i+1 the clock g_θ puts λ_i
//   error(θ) deterministic outputs (context means of draws): mean |(1 − f)·a + f·b − y|²
//            else: energy distance between the rows (1 − f)·a + f·b and y, mean over categories
// θ minimises the errors' sum over interior anchors, on a grid of step 0.5 refined twice. It is used only where it lowers the error
// of constant speed by a tenth: with few anchors the default is left only for a clear gain.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates.Clock;

/// <summary>Learns the clock by leaving out one interior anchor at a time.</summary>
internal static class ClockSelection
{
    private const double ClearGain = 0.9;
    private const int MostRows = 500;

    /// <summary>What was chosen, with the errors behind it.</summary>
    /// <param name="Clock">The clock.</param>
    /// <param name="Error">Leave-one-out error with it; NaN with two anchors.</param>
    /// <param name="ConstantError">Leave-one-out error at constant speed; NaN with two anchors.</param>
    internal sealed record Choice(LogitShiftClock Clock, double Error, double ConstantError);

    internal static Choice Choose(
        AnchorSet anchors,
        double[] positions,
        Coupler.Result coupled,
        Standardization outputs,
        Standardization conditions,
        TrajectoryOptions options,
        CancellationToken cancellation)
    {
        if (anchors.Count < 3 || options.Clock == ClockKind.Constant)
        {
            return new Choice(default, double.NaN, double.NaN);
        }

        var tests = new List<(double Low, double At, double High, Func<double, double> Error)>();
        for (var i = 1; i + 1 < anchors.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var error = coupled.Kind == CouplingKind.ByContext
                ? ContextError(coupled.Trajectories, anchors[0].Samples.Contexts, i)
                : SampleError(anchors, i, outputs, conditions, options with { Cost = CouplingCost.SquaredEuclidean }, cancellation);
            tests.Add((positions[i - 1], positions[i], positions[i + 1], error));
        }

        double Total(double shift)
        {
            cancellation.ThrowIfCancellationRequested();
            var clock = new LogitShiftClock(shift);
            return tests.Sum(test => test.Error(clock.Fraction(test.At, test.Low, test.High))) / tests.Count;
        }

        var constant = Total(0);
        double best = 0, bestError = constant;
        double low = -LogitShiftClock.MaximumShift, high = LogitShiftClock.MaximumShift;
        foreach (var step in (double[])[0.5, 0.1, 0.02])
        {
            for (var shift = low; shift <= high + 1e-9; shift += step)
            {
                var error = Total(shift);
                if (error < bestError)
                {
                    (best, bestError) = (shift, error);
                }
            }

            low = Math.Max(-LogitShiftClock.MaximumShift, best - step);
            high = Math.Min(LogitShiftClock.MaximumShift, best + step);
        }

        return options.Clock == ClockKind.Learned || bestError < ClearGain * constant
            ? new Choice(new LogitShiftClock(best), bestError, constant)
            : new Choice(default, constant, constant);
    }

    /// <summary>Rows pair by context: the error is a parabola in the fraction.</summary>
    private static Func<double, double> ContextError(Trajectories trajectories, Contexts contexts, int i)
    {
        var d = trajectories.Dimension;
        var means = ContextMeans(trajectories, contexts, [i - 1, i, i + 1]);
        double square = 0, product = 0, offset = 0;
        for (var row = 0; row < means[0].Length; row++)
        {
            double span = means[2][row] - means[0][row], gap = means[1][row] - means[0][row];
            square += span * span;
            product += span * gap;
            offset += gap * gap;
        }

        var count = Math.Max(1, means[0].Length / d);
        return f => (f * f * square - 2 * f * product + offset) / count;
    }

    private static double[][] ContextMeans(Trajectories trajectories, Contexts contexts, int[] anchors)
    {
        var d = trajectories.Dimension;
        var group = new int[contexts.Count];
        var known = new Dictionary<string, int>();
        for (var t = 0; t < contexts.Count; t++)
        {
            var key = ContextKey.Of(contexts, t);
            if (!known.TryGetValue(key, out group[t]))
            {
                known[key] = group[t] = known.Count;
            }
        }

        var size = new int[known.Count];
        foreach (var g in group)
        {
            size[g]++;
        }

        return Array.ConvertAll(anchors, k =>
        {
            var means = new double[known.Count * d];
            for (var t = 0; t < group.Length; t++)
            {
                for (var j = 0; j < d; j++)
                {
                    means[group[t] * d + j] += trajectories.Points[k][t * d + j] / size[group[t]];
                }
            }

            return means;
        });
    }

    /// <summary>Draws: the neighbours are coupled anew without anchor i, and the moved rows are compared with its samples.</summary>
    private static Func<double, double> SampleError(
        AnchorSet anchors, int i, Standardization outputs, Standardization conditions, TrajectoryOptions options, CancellationToken cancellation)
    {
        var pair = new AnchorSet(anchors.Hyperparameter, [anchors[i - 1], anchors[i + 1]]);
        var coupled = Coupler.Couple(pair, outputs, conditions, options, cancellation).Trajectories;
        var samples = anchors[i].Samples;
        int d = coupled.Dimension, c = coupled.ConditionCount;
        var y = Trajectories.Standardised(samples.Outputs, outputs);
        var x = Trajectories.Standardised(samples.Conditions, conditions);
        var targets = new List<float[]>();
        var members = coupled.ByCategory();
        for (var category = 0; category < members.Length; category++)
        {
            var rows = Enumerable.Range(0, samples.Count)
                .Where(row => samples.Contexts.CategoryCount == 0 || samples.Categories[row] == category).ToArray();
            members[category] = Thin(members[category]);
            targets.Add(Joint(y, x, Thin(rows), d, c));
        }

        var within = targets.ConvertAll(target => EnergyDistance.MeanDistance(target, target, d + c));
        return f =>
        {
            double sum = 0;
            var used = 0;
            for (var category = 0; category < members.Length; category++)
            {
                if (members[category].Length == 0 || targets[category].Length == 0)
                {
                    continue;
                }

                used++;
                sum += EnergyDistance.Between(Moved(coupled, members[category], f), targets[category], d + c, within[category]);
            }

            return sum / Math.Max(1, used);
        };
    }

    private static int[] Thin(int[] rows)
    {
        if (rows.Length <= MostRows)
        {
            return rows;
        }

        return Enumerable.Range(0, MostRows).Select(i => rows[(int)((long)i * rows.Length / MostRows)]).ToArray();
    }

    private static float[] Joint(float[] y, float[] x, int[] rows, int d, int c)
    {
        var joint = new float[rows.Length * (d + c)];
        for (var i = 0; i < rows.Length; i++)
        {
            y.AsSpan(rows[i] * d, d).CopyTo(joint.AsSpan(i * (d + c)));
            x.AsSpan(rows[i] * c, c).CopyTo(joint.AsSpan(i * (d + c) + d));
        }

        return joint;
    }

    private static float[] Moved(Trajectories pair, int[] members, double f)
    {
        int d = pair.Dimension, c = pair.ConditionCount;
        var moved = new float[members.Length * (d + c)];
        for (var i = 0; i < members.Length; i++)
        {
            var target = moved.AsSpan(i * (d + c), d + c);
            Blend(pair.Point(0, members[i]), pair.Point(1, members[i]), f, target);
            Blend(pair.Condition(0, members[i]), pair.Condition(1, members[i]), f, target[d..]);
        }

        return moved;
    }

    private static void Blend(ReadOnlySpan<float> a, ReadOnlySpan<float> b, double f, Span<float> target)
    {
        for (var k = 0; k < a.Length; k++)
        {
            target[k] = (float)(a[k] + f * (b[k] - a[k]));
        }
    }
}
