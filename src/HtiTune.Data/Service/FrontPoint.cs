using HtiTune.Data;

namespace HtiTune.Service;

/// <summary>A trained configuration of a front.</summary>
/// <param name="Configuration">The configuration.</param>
/// <param name="Values">Measured values, by objective.</param>
/// <param name="Probability">The probability that nothing beats it in every objective, trained or not.</param>
public sealed record FrontPoint(Configuration Configuration, IReadOnlyDictionary<string, double> Values, double Probability);
