namespace HtiTune.Service;

/// <summary>A trained configuration of a front.</summary>
/// <param name="Configuration">The configuration.</param>
/// <param name="Values">Measured values, by objective.</param>
/// <param name="Probability">The probability that nothing beats it in every objective, trained or not.</param>
public sealed record FrontPoint(Configuration Configuration, IReadOnlyDictionary<string, double> Values, double Probability)
{
    /// <summary>A point of its values in the order of the objectives.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="objectives">The objectives, by which the values are named; as many.</param>
    /// <param name="values">Measured values.</param>
    /// <param name="probability">The probability that nothing beats it in every objective.</param>
    internal static FrontPoint Of(Configuration configuration, IEnumerable<string> objectives, IReadOnlyList<double> values, double probability) =>
        new(configuration, new Dictionary<string, double>(objectives.Zip(values, KeyValuePair.Create)), probability);
}
