namespace HtiTune.Client;

/// <summary>What further trainings are expected to gain over the best trained value, in units of the objective.</summary>
/// <param name="Gains">Expected gain of 1, 2, … further trainings, ascending.</param>
/// <param name="Limit">Expected gain of the best of all λ.</param>
public sealed record RemoteOutlook(IReadOnlyList<double> Gains, double Limit);
