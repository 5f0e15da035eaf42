using System.Text.Json.Serialization;

namespace HtiTune.Surrogates;

/// <summary>What a model file says of a kriging, beside its carrier.</summary>
/// <param name="Warp">As asked.</param>
/// <param name="Nugget">As asked.</param>
/// <param name="AskedKind">As asked.</param>
/// <param name="Kind">As found.</param>
/// <param name="Link">What is kriged.</param>
/// <param name="LearnsNugget">Whether ν is among θ.</param>
/// <param name="Theta">θ.</param>
/// <param name="States">Parameter states of the intervals.</param>
/// <param name="Notes">Notes.</param>
/// <param name="Trend">As asked.</param>
/// <param name="Straight">As asked.</param>
/// <param name="Regression">The regression that outputs are kriged about; null without one.</param>
/// <param name="IsCensored">Whether stored rows are latent values where the bounds cut draws off.</param>
/// <param name="Bandwidths">Bandwidths of the affine carrier; null where maps carry.</param>
/// <param name="Quantiles">What the carrier by levels has chosen; null where another carries.</param>
/// <param name="StraightShare">As asked.</param>
/// <param name="Smooth">As asked.</param>
/// <param name="ParabolaShare">As asked.</param>
internal sealed record KrigingHeader(
    bool Warp, NuggetKind Nugget, OutputKind AskedKind, OutputKind Kind, OutputLink Link, bool LearnsNugget, double[] Theta, double[][] States, string[] Notes, double[]? Bandwidths, bool Trend = false, bool Straight = false, JointState? Regression = null, bool IsCensored = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] QuantileState? Quantiles = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double StraightShare = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Smooth = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double ParabolaShare = 0)
{
    internal static KrigingHeader Of(KrigingState state) => new(
        state.Options.Warp, state.Options.Nugget, state.Options.Kind, state.Kind, state.Link, state.Variant.LearnsNugget, state.Theta, state.States!,
        state.Notes, state.Bandwidths, state.Options.Trend, state.Options.Straight, state.Regression, state.IsCensored, state.Quantiles, state.Options.StraightShare, state.Options.Smooth,
        state.Options.ParabolaShare);

    internal KrigingState ToState()
    {
        var variant = new KrigingVariant(Warp, LearnsNugget, Kernel: Smooth ? KrigingKernel.Gaussian : KrigingKernel.Matern52);
        var count = new KrigingLayout(1, variant).Count;
        if (Kind == OutputKind.Auto || !Enum.IsDefined(Kind) || !Enum.IsDefined(Link) || Theta.Length != count || States.Length == 0 || States.Any(theta => theta.Length != count))
        {
            throw new ArgumentException($"the kriging is of kind {Kind}, link {Link}, with {Theta.Length} parameters and {States.Length} states; expected {count} parameters each");
        }

        var carrying = Quantiles is not null ? RowCarrying.Quantiles : Bandwidths is null ? RowCarrying.Maps : RowCarrying.Affine;
        var options = new KrigingOptions
        {
            Warp = Warp, Trend = Trend, Smooth = Smooth, StraightShare = Straight ? 1 : StraightShare, ParabolaShare = ParabolaShare, Nugget = Nugget, Kind = AskedKind, Carrying = carrying,
        };
        return new KrigingState(options, Kind, Link, variant, Theta, Notes) { States = States, Bandwidths = Bandwidths, Regression = Regression, IsCensored = IsCensored, Quantiles = Quantiles };
    }
}
