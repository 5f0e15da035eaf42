// Anchors are left out in closed form: at the same lengths and warps, the same coupling of rows and the same laws given a context, without the anchor's weight. A score is
//   answers              mean squared error over contexts, in the outputs' standardised units
//   draws                energy distance within each context or category
//   contexts of their own   the same on (y, x) jointly in each category: what is foretold is asked in the left-out anchor's own contexts
// Of draws those anchors are left out that the others surround best (least variance of the kriging): beyond the others all ways extrapolate, and say little of what is between.
// Of answers, which cost little, all are, with 1/√variance for a weight: the best surrounded ones alone stand close to others, where the nearest one foretells them as it does
// nothing else.
// Kriging stands, or where rows do not belong together from anchor to anchor affine maps; another must gain clearly (FoldComparison). A stack, which is kriging itself where
// nothing else foretells anchors, must gain a little.

using HtiTune.Data;
using HtiTune.Surrogates.Coupling;
using HtiTune.Surrogates.SelfTuning;

namespace HtiTune.Surrogates;

/// <summary>Chooses how outputs come about between the anchors of a space.</summary>
internal sealed class SpaceTrial
{
    private const int FewestAnchors = 3, FewestLeftOut = 6, MostLeftOut = 16, MostAnswers = 60, MostRows = 400;

    /// <summary>How many standard errors a challenger must gain: there are few of them, and many anchors.</summary>
    private const double StandardErrors = 2;

    /// <summary>A stack's share at most.</summary>
    private const double MostOfStack = 0.95;

    private readonly SpaceLearning _learning;
    private readonly double[] _flat;

    /// <param name="learning">What methods serve from.</param>
    internal SpaceTrial(SpaceLearning learning) => (_learning, _flat) = (learning, [.. learning.Places.SelectMany(x => x)]);

    /// <summary>Rows of each context, in the order in which they first come; of each category where they are no contexts' own.</summary>
    internal static int[][] Groups(Contexts contexts, bool isLoose)
    {
        if (!isLoose)
        {
            return ContextKey.Groups(contexts);
        }

        var categories = TrajectoryLookup.CategoriesOf(contexts);
        return [.. Enumerable.Range(0, Math.Max(1, contexts.CategoryCount)).Select(c => Enumerable.Range(0, contexts.Count).Where(i => categories[i] == c).ToArray())];
    }

    /// <summary>Tries methods.</summary>
    /// <param name="kind">The kind of the outputs.</param>
    /// <param name="isDraws">Whether rows are draws.</param>
    /// <param name="cancellation">Ends the trial.</param>
    /// <returns>What was chosen, with what it serves from.</returns>
    internal (SpaceFit Fit, SpaceChoice Choice) Choose(OutputKind kind, bool isDraws, CancellationToken cancellation)
    {
        var (rows, isLoose) = (_learning.Rows, _learning.IsLoose);
        var stated = isLoose ? SpaceMethod.Affine : SpaceMethod.Kriging;
        var first = _learning.Fit(stated, cancellation);
        var choice = new SpaceChoice { Candidates = [], LeftOut = [], Default = stated, Chosen = stated, TakenForDraws = isLoose && rows.IsAlike, OwnContexts = !rows.IsAlike };
        if (_learning.Places.Length < FewestAnchors)
        {
            return (first, choice);
        }

        var kriging = first.Kriging.Kriging;
        var variances = new double[kriging.Count];
        var spare = new double[kriging.Count];
        for (var k = 0; k < variances.Length; k++)
        {
            variances[k] = kriging.LeaveOneOut(k, spare);
        }

        var most = isDraws ? Math.Clamp(3 * variances.Length / 4, FewestLeftOut, MostLeftOut) : MostAnswers;
        int[] left = [.. Enumerable.Range(0, variances.Length).OrderBy(k => variances[k]).Take(most).Order()];
        var middle = left.Average(k => 1 / Math.Sqrt(variances[k]));
        var fits = new List<SpaceFit> { first };
        foreach (var method in (SpaceMethod[])[SpaceMethod.Affine, SpaceMethod.Regression, SpaceMethod.Mixture, SpaceMethod.Linear, SpaceMethod.Nearest, SpaceMethod.Stacked])
        {
            var isTried = method != stated && method switch
            {
                SpaceMethod.Affine => isDraws && _learning.Scale.Columns <= AffineCarrier.MostDimensions,
                SpaceMethod.Regression => isLoose && kind == OutputKind.Free && SpaceRegression.IsPossible(rows, _learning.Places[0].Length),
                SpaceMethod.Mixture => isDraws,
                SpaceMethod.Stacked => !isDraws,
                _ => true,
            };
            if (isTried)
            {
                fits.Add(_learning.Fit(method, cancellation));
            }
        }

        var scores = fits.Select(_ => new FoldScore[left.Length]).ToArray();
        for (var f = 0; f < left.Length; f++)
        {
            var fold = new Fold(this, left[f]);
            for (var m = 0; m < fits.Count; m++)
            {
                cancellation.ThrowIfCancellationRequested();
                scores[m][f] = isDraws ? fold.Score(fits[m], isDraws) : fold.Score(fits[m], isDraws).Times(1 / (middle * Math.Sqrt(variances[left[f]])));
            }
        }

        var beside = Array.ConvertAll(scores, one => FoldComparison.Of(one, scores[0], StandardErrors));
        var best = Enumerable.Range(1, fits.Count - 1).Where(m => beside[m].IsClear || (fits[m].Stack is not null && beside[m].Share < MostOfStack)).OrderBy(m => beside[m].Share).FirstOrDefault();
        return (fits[best], choice with
        {
            Candidates = [.. fits.Select((fit, m) => new CandidateScore(fit.Method.ToString(), [.. scores[m].Select(score => score.Value)], beside[m].Share))],
            LeftOut = left,
            Chosen = fits[best].Method,
        });
    }

    /// <summary>An anchor that is left out.</summary>
    private sealed class Fold
    {
        private readonly SpaceTrial _trial;
        private readonly int _anchor;
        private readonly Contexts _contexts;
        private readonly float[] _truth;
        private readonly int[]? _chosen;
        private readonly Lazy<AnchorRows> _carried, _drawn;

        internal Fold(SpaceTrial trial, int anchor)
        {
            (_trial, _anchor) = (trial, anchor);
            var (learning, d) = (trial._learning, trial._learning.Scale.Columns);
            var own = learning.Rows.Contexts[anchor];
            _chosen = learning.IsLoose && own.Count > MostRows ? ConditionalMoments.Thinned([.. Enumerable.Range(0, own.Count)], MostRows) : null;
            _contexts = _chosen is null ? own : own.Select(_chosen);
            _truth = _chosen is null ? learning.Laws.Outputs[anchor] : Trajectories.Select(learning.Laws.Outputs[anchor], _chosen, d);

            // What is carried must not come from the anchor that is foretold.
            var source = learning.Rows.SourceWithout(anchor, learning.Places);
            _carried = new Lazy<AnchorRows>(() => RowsOf(learning.Laws.At(source, _contexts, null)!));
            _drawn = new Lazy<AnchorRows>(() => RowsOf(learning.Laws.Drawn(_contexts)));
        }

        internal FoldScore Score(SpaceFit fit, bool isDraws)
        {
            var learning = _trial._learning;
            var d = learning.Scale.Columns;
            var weigher = new SpaceWeights(fit.Kriging.Kriging, _trial._flat, fit.Method, fit.Stack);
            var weights = weigher.Without(_anchor);
            var transform = fit.Kriging.Transform;
            var rows = SpaceLearning.IsCarried(fit.Method, learning.IsLoose) ? Linked(_carried.Value, transform)
                : learning.IsLoose ? _drawn.Value : fit.Kriging.Rows;
            var values = weigher.Outputs(rows, weights, transform, d);
            if (fit.Regression is { } regression)
            {
                SpaceRegression.Of(learning.Laws, learning.Places, learning.Conditions, learning.Scale, regression.State, _anchor)
                    .Add(values, learning.Places[_anchor], _contexts, weights);
            }

            var predicted = Trajectories.Standardised(new Matrix(values.Length / d, d, values), learning.Scale);
            if (!isDraws)
            {
                return FoldScore.OfAnswers(predicted, _truth, d);
            }

            var width = d + (learning.IsLoose ? learning.Conditions.Columns : 0);
            float[] x = width == d ? [] : Trajectories.Standardised(_contexts.Conditions, learning.Conditions);
            return FoldScore.OfDraws(Beside(predicted), Beside(_truth), width, Groups(_contexts, learning.IsLoose));

            float[] Beside(float[] y) => width == d ? y : Trajectories.Joined(_contexts.Count, (y, d), (x, width - d));
        }

        private AnchorRows RowsOf(float[][] points) => new(points, points, null, _contexts.Count);

        private static AnchorRows Linked(AnchorRows rows, OutputTransform transform) => transform.Link == OutputLink.Standardised ? rows
            : rows with { Linked = Array.ConvertAll(rows.Standardised, y => y is null ? null : transform.Forward(y)) };
    }
}
