namespace HtiTune.Acquisition;

/// <summary>What a model believes of the objective at one place, for an acquisition that needs no more; larger is better, whatever the objective's goal.</summary>
/// <param name="Mean">Posterior mean, in the units of the model.</param>
/// <param name="Deviation">Posterior standard deviation, at least 0.</param>
/// <param name="Best">The best posterior mean, or known value, at a trained place.</param>
public readonly record struct PlaceBelief(double Mean, double Deviation, double Best);

/// <summary>An acquisition by a function of mean and deviation alone.</summary>
/// <param name="name">Its name, as the reason for a training.</param>
/// <param name="logWorth">ln worth of a place; −∞ or NaN where it has none.</param>
public sealed class PlaceAcquisition(string name, Func<PlaceBelief, double> logWorth) : IAcquisition
{
    /// <inheritdoc/>
    public string Name { get; } = !string.IsNullOrWhiteSpace(name) ? name : throw new ArgumentException("The acquisition has no name; expected a reason for trainings.", nameof(name));

    /// <summary>ln worth of a place; −∞ where it has none.</summary>
    /// <param name="place">What is believed there.</param>
    public double LogWorth(PlaceBelief place) => logWorth(place) is var worth && double.IsNaN(worth) ? double.NegativeInfinity : worth;

    /// <inheritdoc/>
    public IReadOnlyList<double> OnGrid(GridPosterior posterior)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        return [.. posterior.Means.Zip(posterior.Deviations(), (mean, deviation) => LogWorth(new PlaceBelief(mean, deviation, posterior.Process.BestMean)))];
    }

    /// <inheritdoc/>
    public double? At(GridPosterior posterior, double u)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        var mixture = posterior.Process.At(u);
        return LogWorth(new PlaceBelief(mixture.Mean, mixture.Deviation, posterior.Process.BestMean));
    }
}
