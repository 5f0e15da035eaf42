namespace HtiTune;

public sealed partial class TuningRun
{
    /// <summary>What is believed about the objective over the range now, ascending in λ. Computed when asked for.</summary>
    /// <value>Empty before the first value.</value>
    public IReadOnlyList<PosteriorPoint> Posterior => _policy.Posterior;

    /// <summary>Trust ρ in the surrogate, 0 to 1, of the last model that chose a λ.</summary>
    /// <value>null before there is one.</value>
    public double? Trust => _policy.Trust;

    /// <summary>The surrogate of all trainings so far.</summary>
    /// <value>null while there is none, or it is not to be used. The tuner owns it.</value>
    public ISurrogate? Surrogate => _store.Surrogate(_store.Anchors.Count);

    /// <summary>Best value of the objective at a trained network so far, λ where it stands by the model.</summary>
    /// <value>null before the first value.</value>
    public (double Lambda, double Value)? Best => _policy.Best is { } best ? (best.Configuration.Lambda, best.Value) : null;

    /// <summary>The objective's value at each completed training that the run knows, by number; null where it has none.</summary>
    public IReadOnlyDictionary<int, double?> Values => _trials.Values;

    /// <summary>Every training that the run knows as a trial, in the order in which they ended; of an aim with the values of its features.</summary>
    public IReadOnlyList<Trial> Trials => _trials.All;

    /// <summary>What the model forecasts for a pending training, frozen before it: for the record.</summary>
    /// <param name="proposal">A pending proposal, as <see cref="Ask"/> just gave it.</param>
    /// <returns>The forecast; without numbers where no model stands behind the proposal.</returns>
    public TrainingProposed ForecastOf(TrainingRequest proposal)
    {
        ThrowIfEnded();
        _pending.Require(proposal);
        return _policy.LineOf(proposal, isByModel: proposal.ExpectedGain is not null);
    }
}
