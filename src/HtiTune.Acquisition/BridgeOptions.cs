namespace HtiTune.Acquisition;

/// <summary>The constants of the <see cref="BridgeProcess"/>.</summary>
public sealed record BridgeOptions
{
    /// <summary>Shares ρ of the surrogate that are weighed against each other, each 0 to 1, with equal prior weight.</summary>
    /// <value>0, ¼, ½, ¾, 1. Only 0 is a plain Gaussian process.</value>
    public IReadOnlyList<double> SurrogateShares { get; init; } = [0, 0.25, 0.5, 0.75, 1];

    /// <summary>
    /// Scales φ of what the surrogate leaves unexplained, in units of the objective's own scale s₀, weighed against each other with equal
    /// prior weight: a good surrogate errs by much less than the objective varies, and one prior alone would take long to believe it.
    /// </summary>
    /// <value>1, ¼, 1/16, 1/64; each above 0.</value>
    public IReadOnlyList<double> ErrorScales { get; init; } = [1, 0.25, 0.0625, 0.015625];

    /// <summary>Number of length scales ℓ, log-spaced from <see cref="ShortestLengthScale"/> to <see cref="LongestLengthScale"/>.</summary>
    /// <value>16; at least 1.</value>
    public int LengthScaleCount { get; init; } = 16;

    /// <summary>The shortest length scale, on the unit scale.</summary>
    /// <value>0.01: a function may wave twenty times over its range.</value>
    public double ShortestLengthScale { get; init; } = 0.01;

    /// <summary>The longest length scale, on the unit scale.</summary>
    /// <value>3.</value>
    public double LongestLengthScale { get; init; } = 3;

    /// <summary>Median of the log-normal prior of ℓ, on the unit scale.</summary>
    /// <value>0.13: a longer one is too sure of itself between the first trainings of a function with several optima.</value>
    public double LengthScaleMedian { get; init; } = 0.13;

    /// <summary>Standard deviation of ln ℓ under its prior.</summary>
    /// <value>1.</value>
    public double LengthScaleLogDeviation { get; init; } = 1;

    /// <summary>Ratios τ²/σ² of the noise's variance to the process's, with their prior weights in <see cref="NoiseRatioWeights"/>.</summary>
    /// <value>0, 1e-4, 1e-2, 0.1, 1. Replaced by a grid around the given variances when observations carry them.</value>
    public IReadOnlyList<double> NoiseRatios { get; init; } = [0, 1e-4, 1e-2, 0.1, 1];

    /// <summary>Prior weights of <see cref="NoiseRatios"/>; need not sum to 1.</summary>
    /// <value>
    /// 100, 1, 1, 1, 1: trainings with a fixed seed repeat exactly, so no noise is by far the likeliest, and a narrow optimum must not pass
    /// for noise.
    /// </value>
    public IReadOnlyList<double> NoiseRatioWeights { get; init; } = [100, 1, 1, 1, 1];

    /// <summary>Shape a₀ of the inverse gamma prior of σ².</summary>
    /// <value>1: two degrees of freedom, because s₀ comes from a few of the same values.</value>
    public double VarianceShape { get; init; } = 1;

    /// <summary>Scale s₀ of the values: σ² has the prior IG(a₀, a₀ s₀²).</summary>
    /// <value>
    /// null: half of the whole range that the first <see cref="InitialCount"/> values suggest; n values of a uniform distribution show
    /// (n − 1)/(n + 1) of theirs.
    /// </value>
    public double? ValueScale { get; init; }

    /// <summary>How many of the first observations set the prior's centre (their mean) and, by default, its scale.</summary>
    /// <value>3.</value>
    public int InitialCount { get; init; } = 3;

    /// <summary>Prior standard deviation κ of the constant level β₀ around the centre, in units of σ.</summary>
    /// <value>2.</value>
    public double LevelDeviation { get; init; } = 2;

    /// <summary>
    /// What predictions of new trainings are widened by where ρ = 0; between there and ρ = 1, where the surrogate gives the shape and
    /// nothing is widened, in proportion. Real functions are less even than the process takes them to be.
    /// </summary>
    /// <value>1.25, measured: the 90 % intervals of fourteen functions held 84 % of the values without it. At least 1.</value>
    public double PredictionWidening { get; init; } = 1.25;

    /// <summary>What all predictions of new trainings are widened or narrowed by, beside <see cref="PredictionWidening"/>: what a study has learned of its own intervals.</summary>
    /// <value>1; above 0.</value>
    public double PredictionFactor { get; init; } = 1;

    /// <summary>Components below this share of the whole weight are dropped from the posterior (not from the trust).</summary>
    /// <value>1e-5.</value>
    public double LeastWeight { get; init; } = 1e-5;

    /// <summary>The options of a Gaussian process without a surrogate.</summary>
    public static BridgeOptions Plain { get; } = new() { SurrogateShares = [0] };

    /// <summary>Throws when a value is out of its range, and names every one that is.</summary>
    /// <exception cref="ArgumentException">At least one value is out of range.</exception>
    public void Validate()
    {
        var errors = new List<string>();
        Check(SurrogateShares.Count > 0 && SurrogateShares.All(r => r is >= 0 and <= 1), nameof(SurrogateShares), "at least one, each 0 to 1");
        Check(ErrorScales.Count > 0 && ErrorScales.All(f => f > 0 && double.IsFinite(f)), nameof(ErrorScales), "at least one, each above 0");
        Check(LengthScaleCount >= 1, nameof(LengthScaleCount), "at least 1");
        Check(
            ShortestLengthScale > 0 && LongestLengthScale >= ShortestLengthScale && double.IsFinite(LongestLengthScale),
            nameof(ShortestLengthScale), $"above 0 and at most {nameof(LongestLengthScale)}");
        Check(LengthScaleMedian > 0 && double.IsFinite(LengthScaleMedian), nameof(LengthScaleMedian), "above 0");
        Check(LengthScaleLogDeviation > 0, nameof(LengthScaleLogDeviation), "above 0");
        Check(NoiseRatios.Count > 0 && NoiseRatios.All(r => r >= 0 && double.IsFinite(r)), nameof(NoiseRatios), "at least one, each at least 0");
        Check(
            NoiseRatioWeights.Count == NoiseRatios.Count && NoiseRatioWeights.All(w => w > 0 && double.IsFinite(w)),
            nameof(NoiseRatioWeights), $"one for each of {nameof(NoiseRatios)}, above 0");
        Check(VarianceShape > 0.5 && double.IsFinite(VarianceShape), nameof(VarianceShape), "above ½, so that the mean exists");
        Check(ValueScale is null or > 0, nameof(ValueScale), "above 0");
        Check(InitialCount >= 1, nameof(InitialCount), "at least 1");
        Check(LevelDeviation > 0 && double.IsFinite(LevelDeviation), nameof(LevelDeviation), "above 0");
        Check(PredictionWidening >= 1 && double.IsFinite(PredictionWidening), nameof(PredictionWidening), "at least 1");
        Check(PredictionFactor > 0 && double.IsFinite(PredictionFactor), nameof(PredictionFactor), "above 0");
        Check(LeastWeight is >= 0 and < 0.1, nameof(LeastWeight), "0 to 0.1");
        if (errors.Count > 0)
        {
            throw new ArgumentException("Bridge options out of range: " + string.Join("; ", errors) + ".");
        }

        void Check(bool holds, string name, string expected)
        {
            if (!holds)
            {
                errors.Add($"{name}: expected {expected}");
            }
        }
    }
}
