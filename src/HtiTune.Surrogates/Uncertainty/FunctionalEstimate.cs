namespace HtiTune.Surrogates;

/// <summary>A functional of the outputs at λ as the surrogate sees it, and how far the real network's may be from it.</summary>
/// <param name="Value">The functional of <c>Sample(λ)</c>.</param>
/// <param name="StandardError">
/// Standard deviation of the real network's value under the error model: pace between the anchors, scatter of trainings, and, for draws,
/// chance of samples as many as were asked for. Near 0 at anchors for deterministic outputs.
/// </param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval; the interval need not be symmetric about the value.</param>
/// <param name="Level">Probability that the interval is meant to hold.</param>
public readonly record struct FunctionalEstimate(double Value, double StandardError, double Low, double High, double Level)
{
    /// <summary>Throws unless a level is a probability.</summary>
    internal static void RequireLevel(double level)
    {
        if (!(level > 0 && level < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, $"The level is {level}; expected a probability between 0 and 1.");
        }
    }
}
