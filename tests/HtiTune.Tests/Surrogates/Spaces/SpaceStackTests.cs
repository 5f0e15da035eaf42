using HtiTune.Data;
using HtiTune.Surrogates;
using static HtiTune.Tests.Surrogates.Spaces.SpaceProblems;

namespace HtiTune.Tests.Surrogates.Spaces;

/// <summary>A smooth kriging and a rough one, in the shares that left-out anchors ask for.</summary>
public class SpaceStackTests
{
    /// <summary>A smooth law that leaps across a line.</summary>
    internal static double[] Leaping(double[] u, double[] x)
    {
        var y = Smooth(u, x);
        return u[0] + 0.6 * u[1] > 0.8 ? [y[0] + 4, y[1] - 3] : y;
    }

    private static SpaceSurrogate Fit(AnchorSet anchors, SpaceMethod method) => SpaceSurrogate.Fit(anchors, new SpaceSurrogateOptions { TrainMaps = false, Method = method });

    [Fact]
    public void It_is_chosen_where_outputs_leap_and_errs_less_there()
    {
        double byKriging = 0, byChoice = 0;
        var chosen = 0;
        for (var seed = 1; seed <= 8; seed++)
        {
            var anchors = Anchors(Square, 24, Conditions(20), Leaping, seed);
            var (kriging, choice) = (Fit(anchors, SpaceMethod.Kriging), Fit(anchors, SpaceMethod.Auto));
            chosen += choice.Report.Method == SpaceMethod.Stacked ? 1 : 0;
            foreach (var at in Places(Square, 60, 100 + seed))
            {
                var truth = Answer(Square, at, Conditions(20), Leaping).Outputs;
                byKriging += Miss(kriging.Sample(at).Samples.Outputs, truth);
                byChoice += Miss(choice.Sample(at).Samples.Outputs, truth);
            }

            Assert.Equal(SpaceMethod.Kriging, Fit(Anchors(Square, 24, Conditions(20), Smooth, seed), SpaceMethod.Auto).Report.Method);
        }

        Assert.InRange(chosen, 5, 8);
        Assert.InRange(byChoice / byKriging, 0, 0.92);
    }

    [Fact]
    public void Its_share_is_that_of_least_error_over_a_scan_and_anchors_are_met()
    {
        var (anchors, surrogate) = Enumerable.Range(1, 8).Select(seed => Anchors(Square, 24, Conditions(20), Leaping, seed))
            .Select(set => (set, SpaceSurrogate.Fit(set, new SpaceSurrogateOptions { TrainMaps = false, Method = SpaceMethod.Stacked, Nugget = NuggetKind.Fixed })))
            .First(one => one.Item2.State.Stack!.Share is > 0.05 and < 0.95);
        var (smooth, stack) = (surrogate.State.Kriging.Kriging, surrogate.State.Stack!);
        Assert.Contains(surrogate.Report.Notes, note => note.Contains("bends at the anchors", StringComparison.Ordinal));

        // Errors are had by leaving anchors out at the same parameters, weighted by the roots of the variances.
        double Weighted(double share)
        {
            double sum = 0;
            double[] weights = new double[anchors.Count], rough = new double[anchors.Count];
            for (var k = 0; k < anchors.Count; k++)
            {
                var variance = smooth.LeaveOneOut(k, weights);
                stack.Rough.LeaveOneOut(k, rough);
                (stack with { Share = share }).Blend(weights, rough);
                weights[k] -= 1;
                var linked = surrogate.State.Kriging.Rows.Linked;
                for (var i = 0; i < linked[0]!.Length; i++)
                {
                    var miss = Enumerable.Range(0, anchors.Count).Sum(l => weights[l] * linked[l]![i]);
                    sum += miss * miss / Math.Sqrt(variance);
                }
            }

            return sum;
        }

        var least = Enumerable.Range(0, 1001).MinBy(i => Weighted(i / 1000.0)) / 1000.0;
        Assert.Equal(least, stack.Share, 1e-3);
        Assert.All(Enumerable.Range(0, anchors.Count), k => Assert.Equal(Bits(anchors[k].Samples), Bits(surrogate.Sample(anchors[k].Configuration).Samples)));
        Assert.Equal(1, surrogate.WeightsAt(new Configuration(("a", 0.31), ("b", 0.77))).Sum(), 1e-9);
    }

    private static double Miss(Matrix got, Matrix truth) => got.Values.ToArray().Zip(truth.Values.ToArray(), (g, t) => (double)(g - t) * (g - t)).Average();

    private static int[] Bits(Samples samples) => [.. samples.Outputs.Values.ToArray().Select(BitConverter.SingleToInt32Bits)];
}
