using HtiTune.Data;

namespace HtiTune.Surrogates;

/// <summary>What a user should know of a surrogate over a space, in words.</summary>
internal static class SpaceNotes
{
    /// <summary>A rough surface's share from which outputs are told to leap.</summary>
    private const double Sharp = 0.1;

    /// <summary>The notes.</summary>
    /// <param name="anchors">The anchors.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="coordinates">Coordinates of the space.</param>
    /// <param name="fit">What serves.</param>
    /// <param name="isDraws">Whether rows are draws.</param>
    internal static IEnumerable<string> Of(AnchorSet anchors, SpaceSurrogateOptions options, SpaceCoordinates coordinates, SpaceFit fit, bool isDraws)
    {
        var kriging = fit.Kriging;
        var kind = kriging.Transform.Kind;
        if (options.Kind == OutputKind.Auto && kind != OutputKind.Free)
        {
            yield return $"Every output of every anchor is of the kind {kind}: what is sampled is of it too. Declare {OutputKind.Free} where that is chance.";
        }

        if (anchors.Count < coordinates.Hyperparameters + 2)
        {
            yield return $"There are {anchors.Count} anchors of {coordinates.Hyperparameters} hyperparameter{(coordinates.Hyperparameters > 1 ? "s" : "")}: "
                + $"how fast outputs move along each is told by what is usual rather than by them. From {coordinates.Hyperparameters + 2} on they tell more.";
        }

        if (fit.Stack is { Share: > Sharp } stack)
        {
            yield return FormattableString.Invariant($"Outputs leap or turn sharply somewhere: a surface that bends at the anchors has {stack.Share:P0} of the weight beside the smooth one.");
        }

        if (fit.Method is SpaceMethod.Kriging or SpaceMethod.Linear or SpaceMethod.Nearest && kriging.Order is not null)
        {
            yield return "Rows of one context are draws: they were coupled along the tree of the anchors, and keep their spread between them.";
        }
        else if (fit.Method == SpaceMethod.Mixture)
        {
            yield return "Rows are those of anchors, of each as often as its weight says: mass moves between them, and rows do not.";
        }
        else if (isDraws)
        {
            yield return "Rows of one anchor are carried to the others by conditional affine maps: the anchors' laws are met as far as mean and covariance go.";
        }

        if (kriging.Kriging.Variant.LearnsNugget && fit.Method is not (SpaceMethod.Linear or SpaceMethod.Nearest))
        {
            yield return $"Trainings scatter (nugget {kriging.Kriging.Nugget:G2}): the surface smooths, and passes beside the anchors by as much.";
        }

        foreach (var (i, one) in anchors.Space.Index())
        {
            HyperparameterValue[] values = [.. anchors.Where(anchor => anchor.Configuration.TryGet(one.Name, out _)).Select(anchor => anchor.Configuration[one.Name]).Distinct()];
            if (one is CategoricalHyperparameter words)
            {
                string[] missing = [.. words.Choices.Where(word => !values.Any(value => value.ToString() == word))];
                if (missing.Length > 0)
                {
                    yield return $"No anchor has {one.Name} = {string.Join(" or ", missing)}: outputs there are those of the others, and their intervals widen.";
                }

                continue;
            }

            double[] units = [.. values.Select(one.ToUnit).Order()];
            if (units.Length == 0)
            {
                yield return $"No anchor has a value of {one.Name}: outputs do not depend on it, and their intervals widen.";
            }
            else if (units[0] > one.ToUnit(one.ValueAt(0)) || units[^1] < one.ToUnit(one.ValueAt(1)))
            {
                yield return FormattableString.Invariant($"Anchors cover {one.Name} from {values.MinBy(one.ToUnit).Number:G6} to {values.MaxBy(one.ToUnit).Number:G6}; ")
                    + FormattableString.Invariant($"from {one.ValueAt(0).Number:G6} to {one.ValueAt(1).Number:G6} outputs are extrapolated, and their intervals widen.");
            }
        }
    }
}
