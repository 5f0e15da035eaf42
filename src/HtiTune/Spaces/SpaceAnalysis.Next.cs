using HtiTune.Acquisition;
using HtiTune.Data;

namespace HtiTune;

/// <content>What to train next.</content>
internal sealed partial class SpaceAnalysis
{
    private const double LeastGainShare = 1e-3;

    private const int Challenging = 1024, Challenged = 24;

    // What is predicted to gain less of ε than this is not worth a turn of its own.
    private const double GreedyShare = 0.5;

    private PlaceAcquisition? Own => _options.Acquisition.Acquisition as PlaceAcquisition;

    private double LeastGain => LeastGainShare * Epsilon;

    // √β of a confidence bound.
    private double Deviations => _options.Acquisition.Kind == AcquisitionKind.LowerConfidenceBound
        ? Math.Sqrt(_options.Acquisition.Parameter!.Value)
        : AcquisitionRule.Deviations(_options.Acquisition.Parameter!.Value, _known.Length, Probes);

    // Of two turns one goes to the best predicted place.
    private bool IsGreedy(int pending) => _settings.GreedyEvery > 0 && (_known.Length - _coordinates.Hyperparameters + pending) % _settings.GreedyEvery == 0
        && _options.Acquisition.Kind == AcquisitionKind.LogExpectedImprovement;

    // Trainings that were made for another objective recommend what is not trained: with one to spend that comes first, as of one hyperparameter.
    private bool IsToConfirm(int pending) => _options.Before == _tried + pending && _options.Acquisition.Kind == AcquisitionKind.LogExpectedImprovement;

    /// <summary>What to train next; null where nothing anywhere gains more than a thousandth of ε.</summary>
    /// <param name="pending">What is being trained.</param>
    /// <param name="cancellation">Ends the search.</param>
    public (Configuration Configuration, string Reason, double Gain)? Next(IReadOnlyList<Configuration> pending, CancellationToken cancellation = default)
    {
        var waiting = _ground.PlacesOf(pending);

        // Where the outputs promise nothing more the values are asked: draws are few, and surer than they should be.
        var next = NextByOutputs(waiting, cancellation) ?? NextPlain(waiting, cancellation);
        if (!_options.MayRepeat)
        {
            return next;
        }

        // As of one hyperparameter: another training at a trained place where that is expected to raise the best mean more than any new place.
        var search = SearchPlain(waiting, cancellation);
        return search.Again(cancellation) is { } again && Math.Exp(again.LogGain) * _plain.Map.Slope is var told && told >= LeastGain
            && again.LogGain > (search.LargestKnowledge(cancellation)?.LogGain ?? double.NegativeInfinity) && (_composite is null || told > (next?.Gain ?? 0))
            ? (_coordinates.At(again.U), "replicate: another seed at a trained place", told)
            : next;
    }

    /// <summary>Whether no range has a wide part without a training.</summary>
    public bool IsCovered => new SpaceCover(_coordinates, _ground.Units) is var cover && Challengers([]).All(u => cover.Depth(u) == 0);

    /// <summary>Where to challenge a recommendation that has passed; null where no place is left.</summary>
    /// <param name="pending">What is being trained.</param>
    /// <param name="cancellation">Ends the search.</param>
    public (Configuration Configuration, string Reason, double Gain)? Challenge(IReadOnlyList<Configuration> pending, CancellationToken cancellation)
    {
        double[][] places = Challengers(_ground.PlacesOf(pending));
        if (places.Length == 0)
        {
            return null;
        }

        var cover = new SpaceCover(_coordinates, _ground.Units);
        var open = places.MaxBy(u => cover.Depth(u))!;
        if (cover.Depth(open) == 0)
        {
            // How far from what is known a place is ranks all, draws of the objective the farthest.
            open = places.OrderByDescending(u => _composite?.Distance(_coordinates.Place(u)) ?? _plain.At(_coordinates.Place(u)).Deviation).Take(Challenged).MaxBy(u =>
            {
                cancellation.ThrowIfCancellationRequested();
                var belief = _composite is { } composite ? SpaceBeliefs.Of(composite, _coordinates.Place(u)) : SpaceBeliefs.Of(_plain, _coordinates.Place(u));
                return double.IsFinite(belief.Deviation) ? belief.Deviation : double.NegativeInfinity;
            })!;
        }

        var gain = Math.Exp(_plain.LogImprovement(_coordinates.Place(open), Math.Min(BestLevel, _plain.Fitted.Min()))) * _plain.Map.Slope;
        return (_coordinates.At(open), "challenge", gain);
    }

    // u of places where a training may go, the same ones each time.
    private double[][] Challengers(double[][] waiting)
    {
        var stream = _streams.Stream("challenge");
        return [.. (_coordinates.Listed ?? [.. Enumerable.Range(0, Challenging).Select(_ => _coordinates.Random(stream))]).Where(u => _ground.IsOpen(_coordinates.Place(u), waiting))];
    }

    /// <summary>What to train next by the outputs alone; null where they are not believed, or promise nothing more.</summary>
    /// <param name="waiting">Places of what is being trained.</param>
    /// <param name="cancellation">Ends the search.</param>
    internal (Configuration Configuration, string Reason, double Gain)? NextByOutputs(double[][] waiting, CancellationToken cancellation)
    {
        if (_composite is not { } composite)
        {
            return null;
        }

        var search = Search(composite, waiting, cancellation);
        var isToConfirm = IsToConfirm(waiting.Length);
        if ((isToConfirm || IsGreedy(waiting.Length)) && search.LeastMean(true, cancellation) is { } greedy
            && BestValue - greedy.Mean >= (isToConfirm ? Analysis.NegligibleShare : GreedyShare) * Epsilon
            && Math.Exp(search.LogGain(_coordinates.Place(greedy.U))) is var gain && gain >= LeastGain)
        {
            return (_coordinates.At(greedy.U), isToConfirm ? "confirm the recommendation" : "best predicted", gain);
        }

        var rules = new CompositeRules(composite, search, BestValue, _plain.IsExact);
        if (_options.Acquisition.Kind == AcquisitionKind.KnowledgeGradient)
        {
            // What it promises is its own gain: where trainings scatter a place may tell much and improve on nothing.
            return rules.LargestKnowledge(cancellation) is { } told && told.Gain >= LeastGain ? (_coordinates.At(told.U), "knowledge gradient", told.Gain) : null;
        }

        // As by values alone: what ends a run is that there is little to gain anywhere, wherever a bound, a draw or a caller's own acquisition leads.
        if (search.LargestGain(cancellation) is not { } found || found.Gain < LeastGain)
        {
            return null;
        }

        return _options.Acquisition.Kind switch
        {
            AcquisitionKind.LowerConfidenceBound or AcquisitionKind.LowerConfidenceBoundAtRisk => Other(
                rules.LeastBound(Deviations, _streams.Stream($"bound steps {waiting.Length}"), cancellation), "confidence bound"),
            AcquisitionKind.Thompson => Other(rules.Thompson(_streams.Stream($"thompson {waiting.Length}"), cancellation), "Thompson sampling"),
            AcquisitionKind.Own => Other(search.LargestWorth(Own!), Own!.Name),
            _ => null,
        } ?? (_coordinates.At(found.U), "composite expected improvement", found.Gain);

        (Configuration, string, double)? Other(double[]? u, string reason) => u is null ? null : (_coordinates.At(u), reason, Math.Exp(search.LogGain(_coordinates.Place(u))));
    }

    private (Configuration Configuration, string Reason, double Gain)? NextPlain(double[][] waiting, CancellationToken cancellation)
    {
        var search = SearchPlain(waiting, cancellation);
        if (IsGreedy(waiting.Length) && search.LeastMean(true, cancellation) is { } greedy && BestValue - _plain.Map.ToValue(greedy.Mean) >= GreedyShare * Epsilon)
        {
            return Proposal(greedy.U, "best predicted");
        }

        if (_options.Acquisition.Kind == AcquisitionKind.KnowledgeGradient)
        {
            return search.LargestKnowledge(cancellation) is { } told && Math.Exp(told.LogGain) * _plain.Map.Slope is var raised && raised >= LeastGain
                ? (_coordinates.At(told.U), "knowledge gradient", raised)
                : null;
        }

        // A bound or a draw may lead where there is little to gain: what ends a run is that there is little anywhere.
        if (search.LargestImprovement(cancellation) is not { } found || Proposal(found, "log expected improvement") is var proposal && proposal.Gain < LeastGain)
        {
            return null;
        }

        return _options.Acquisition.Kind switch
        {
            AcquisitionKind.LowerConfidenceBound or AcquisitionKind.LowerConfidenceBoundAtRisk => Other(search.LeastBound(Deviations, cancellation), "confidence bound"),
            AcquisitionKind.Thompson => Other(search.Thompson(), "Thompson sampling"),
            AcquisitionKind.Own => Other(search.LargestWorth(Own!, cancellation), Own!.Name),
            _ => Proposal(found, "log expected improvement"),
        };

        (Configuration, string, double Gain)? Other(double[]? u, string reason) => u is null ? null : Proposal(u, reason);

        (Configuration, string, double Gain) Proposal(double[] u, string reason) => (_coordinates.At(u), reason, Math.Exp(search.LogImprovement(u)) * _plain.Map.Slope);
    }
}
