// Notation, of three anchors, over all rows of answers, or all contexts' means of draws
//   b = y_2 − y_0, a = y_1 − y_0;   way ⟨b·b⟩;  share s = ⟨a·b⟩/⟨b·b⟩;  aside (⟨a·a⟩ − s²⟨b·b⟩)/⟨b·b⟩
//   place   of the middle anchor on the hyperparameter's scale, 0 … 1;  lag = place − s;  what of the bend is a lag alone: lag²/(lag² + aside)
// Of draws, what chance adds to these squares is taken off: with m draws of a context, of variance v_k at anchor k, ⟨a·a⟩ is larger by v_0/m + v_1/m.
// Answers of a kind are taken as they are kriged (logarithms, roots, log-odds): what grows evenly there lags only in its own units.
// Two numbers, s and aside, are all that three anchors show of how outputs move between them; the third is whether every row moves one way. Likelihood tells no more: of smooth
// curves through three points it knows the same two numbers. What stands is what errs least on the laws of the benchmark that look alike by them (tests/HtiTune.Benchmarks, laws).
// A mean of two ways that are both plausible errs a quarter of what the wrong one does, and is little worse than the right one:
//   answers   far beside the way              kriging with a Gaussian kernel and no warp, a sixth of it the parabola; kriging where the middle is not half way on the scale
//             beside it, or lag small         the same, half of it the parabola: what bends without a common clock is smooth
//             a lag or lead for all           kriging with a trend on the warped scale, a third of it the parabola: a common clock, of which one number is known
//             every row goes one way          trajectories unless the middle lags, whose monotone curves and clock go on where kriging would rest; beside the way, a trend
//             quantiles over their level      trajectories, where every row keeps its order: they alone cannot cross
//   draws     by context, beside the way      kriging: means of contexts turn
//             by less than chance             straight, unless maps average chance over contexts: a curve through three means of few draws adds to it
//             farther than a turn would lead  straight: three trainings scatter so far that a curve through them overshoots more often than it follows

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;

namespace HtiTune.Surrogates;

/// <summary>Where the middle of three anchors lies beside the way between the others.</summary>
/// <param name="Aside">How far it is beside the straight way, squared, as a share of the way squared.</param>
/// <param name="Share">How far on the way it is, 0 … 1.</param>
/// <param name="IsOrdered">Whether the outputs of every row rise from anchor to anchor, or nearly so.</param>
/// <param name="Chance">What chance would add to <paramref name="Aside"/>.</param>
/// <param name="IsOneWay">Whether the outputs of every row rise, or fall, from anchor to anchor, or nearly all do.</param>
/// <param name="IsLinked">Whether outputs are taken by a link, which trajectories are not.</param>
internal readonly record struct MiddleAnchor(double Aside, double Share, bool IsOrdered, double Chance = 0, bool IsOneWay = false, bool IsLinked = false)
{
    /// <summary>Ways that are partly the parabola through the anchors.</summary>
    internal const string HalfParabola = "kriging smooth, half parabola", SixthParabola = "kriging smooth, sixth parabola", TrendParabola = "kriging with trend, third parabola";

    /// <summary>
    /// Where the middle counts as on the way, as beside it, and as farther than what draws' means would turn; how far behind its place it lags; how far from half way on the
    /// scale it may stand; and what of the bend is the lag where a common clock makes it.
    /// </summary>
    private const double MostOnTheWay = 0.015, MostBeside = 0.06, MostTurn = 0.15, LeastLag = 0.1, HalfWay = 0.1, LeastClock = 0.45;

    private const double Ordered = 0.99;

    /// <summary>Of answers.</summary>
    /// <param name="points">Standardised outputs at each anchor, [n·D].</param>
    internal static MiddleAnchor Of(float[][] points) => Of(Array.ConvertAll(points, y => Array.ConvertAll(y, v => (double)v)), new double[3]);

    /// <summary>Of answers, as they are kriged.</summary>
    /// <param name="anchors">Three anchors.</param>
    /// <param name="carrier">Their coupling.</param>
    /// <param name="options">How they are kriged; the kind is known.</param>
    /// <param name="cancellation">Ends the fit that chooses the link.</param>
    internal static MiddleAnchor OfAnswers(AnchorSet anchors, TrajectorySurrogate carrier, KrigingOptions options, CancellationToken cancellation)
    {
        var points = carrier.State.Trajectories.Points;
        var link = options.Kind is OutputKind.Free or OutputKind.Integer ? OutputLink.Standardised
            : KrigingFitter.Fit(anchors, carrier, options with { Smooth = true, Warp = false }, null, cancellation).Link;
        return link == OutputLink.Standardised ? Of(points)
            : Of(Array.ConvertAll(points, new OutputTransform(options.Kind, link, carrier.State.Outputs, carrier.Options.Bounds).Forward)) with { IsLinked = true };
    }

    /// <summary>Whether a place is half way on the scale, or nearly.</summary>
    internal static bool IsHalfWay(double place) => Math.Abs(place - 0.5) <= HalfWay;

    /// <summary>Of draws of the same contexts.</summary>
    /// <param name="trajectories">Their rows.</param>
    /// <param name="contexts">The contexts.</param>
    internal static MiddleAnchor OfDraws(Trajectories trajectories, Contexts contexts)
    {
        var d = trajectories.Dimension;
        var groups = ContextKey.Groups(contexts);
        var chance = new double[3];
        var means = new double[3][];
        for (var k = 0; k < 3; k++)
        {
            means[k] = new double[groups.Length * d];
            for (var g = 0; g < groups.Length; g++)
            {
                for (var j = 0; j < d; j++)
                {
                    double sum = 0, squares = 0;
                    foreach (var i in groups[g])
                    {
                        double y = trajectories.Points[k][i * d + j];
                        (sum, squares) = (sum + y, squares + y * y);
                    }

                    var m = groups[g].Length;
                    means[k][g * d + j] = sum / m;
                    chance[k] += m > 1 ? (squares - sum * sum / m) / (m - 1) / m : 0;
                }
            }
        }

        return Of(means, chance);
    }

    /// <summary>Whether draws' means turn on their way through the middle: they are kriged, and go straight elsewhere.</summary>
    /// <param name="isCarried">Whether maps carry draws from context to context.</param>
    internal bool Turns(bool isCarried) => (isCarried || Aside > Chance) && Aside <= MostTurn;

    /// <summary>What stands for answers.</summary>
    /// <param name="scale">The hyperparameter's scale.</param>
    /// <param name="place">The middle's place on it.</param>
    /// <param name="hasTrajectories">Whether trajectories keep the kind of the outputs.</param>
    internal string ForAnswers(Scale scale, double place, bool hasTrajectories)
    {
        var lag = place - Share;
        var isClock = lag * lag > LeastClock * (lag * lag + Aside);
        if (scale == Scale.NormalQuantile && IsOrdered)
        {
            return hasTrajectories ? "trajectories" : SurrogateChoice.Trend;
        }

        if (Aside > MostBeside)
        {
            return !IsHalfWay(place) ? "kriging" : isClock && lag < 0 ? SurrogateChoice.Trend : SixthParabola;
        }

        // Trajectories know no link, and what lags in its own units may go straight by one.
        var isStraightened = IsLinked || !hasTrajectories;
        return IsOneWay && lag <= LeastLag && !isStraightened ? Aside > MostOnTheWay ? SurrogateChoice.Trend : "trajectories"
            : !isClock || (isStraightened && Math.Abs(lag) <= LeastLag) ? HalfParabola
            : isStraightened && lag < 0 ? SurrogateChoice.Trend
            : TrendParabola;
    }

    private static MiddleAnchor Of(double[][] y, double[] chance)
    {
        double way = -chance[0] - chance[2], along = -chance[0], middle = -chance[0] - chance[1], moved = 0, gone = 0;
        var oneWay = 0;
        for (var i = 0; i < y[0].Length; i++)
        {
            double b = y[2][i] - y[0][i], a = y[1][i] - y[0][i];
            (way, along, middle) = (way + b * b, along + a * b, middle + a * a);
            (gone, moved) = (gone + b, moved + Math.Abs(a) + Math.Abs(b - a));
            oneWay += a * (b - a) >= 0 ? 1 : 0;
        }

        // Anchors that differ by no more than chance show no way.
        var share = way > 0 ? along / way : 0.5;
        var chanceAside = chance[1] + (1 - share) * (1 - share) * chance[0] + share * share * chance[2];
        return way > 0 ? new MiddleAnchor(Math.Max(0, middle / way - share * share), share, gone >= Ordered * moved, chanceAside / way, oneWay >= Ordered * y[0].Length)
            : new MiddleAnchor(0, 0.5, false, 1, true);
    }
}
