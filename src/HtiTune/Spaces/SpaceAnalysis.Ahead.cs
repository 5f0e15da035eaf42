using HtiTune.Diagnostics;

namespace HtiTune;

// What further trainings may gain, told by joint draws as in LookAhead.
internal sealed partial class SpaceAnalysis
{
    private const int AheadPlaces = 256, AheadDraws = 256;

    /// <summary>What further trainings are expected to gain, on the places that are likeliest to be better than the best trained one.</summary>
    /// <param name="trainings">Trainings to look ahead, 1 and up.</param>
    /// <param name="cancellation">Ends the draws.</param>
    public BudgetOutlook? Ahead(int trainings, CancellationToken cancellation)
    {
        double[][] places = [_ground.Places[_best], .. Likeliest(cancellation).Where(IsHopeful).Take(AheadPlaces)];
        return LookAhead.Of(Draws(places, "ahead"), places.Length, _plain.IsExact ? BestValue : null, AheadDraws, trainings, cancellation);
    }

    private IEnumerable<double[]> Likeliest(CancellationToken cancellation) => _composite is { } composite
        ? SearchAtRest(composite, cancellation).Ranked.Where(c => double.IsFinite(c.Mean)).OrderByDescending(c => (BestValue - c.Mean) / Math.Max(c.Deviation, 1e-300)).Select(c => c.X)
        : SearchPlain([], cancellation).Places.OrderByDescending(x => _plain.LogChanceBelow(x, BestLevel));
}
