namespace HtiTune.Acquisition;

/// <summary>A value of a hyperparameter of the process, and its posterior weight.</summary>
/// <param name="Value">The value.</param>
/// <param name="Weight">Its weight, 0 to 1.</param>
public readonly record struct WeightedValue(double Value, double Weight);

/// <summary>
/// What the weights of a bridge process say of each of its hyperparameters, ascending in their values, summed over the others. Components
/// that were dropped as negligible (<see cref="BridgeOptions.LeastWeight"/>) are left out, and the rest sums to 1.
/// </summary>
/// <param name="SurrogateShares">Shares ρ of the surrogate.</param>
/// <param name="LengthScales">Length scales ℓ, on the unit scale.</param>
/// <param name="NoiseRatios">Ratios of the noise's variance to the process's.</param>
/// <param name="NoiseVariance">Expected variance of a training's noise, in squared units of the objective.</param>
public sealed record BridgeWeights(
    IReadOnlyList<WeightedValue> SurrogateShares,
    IReadOnlyList<WeightedValue> LengthScales,
    IReadOnlyList<WeightedValue> NoiseRatios,
    double NoiseVariance)
{
    /// <summary>Sums up the weights of a process.</summary>
    /// <param name="process">The process.</param>
    public static BridgeWeights Of(BridgeProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        SortedDictionary<double, double> shares = [], lengths = [], ratios = [];

        // Variance of a Student-t of unit scale.
        var spread = process.DegreesOfFreedom / (process.DegreesOfFreedom - 2);
        var noise = 0.0;
        foreach (var component in process.Components)
        {
            var kriging = process.Krigings[component.Kriging];
            Add(shares, component.Share, component.Weight);
            Add(lengths, kriging.LengthScale, component.Weight);
            Add(ratios, kriging.NoiseRatio, component.Weight);
            noise += component.Weight * component.Scale * component.Scale * kriging.NoiseRatio * spread;
        }

        return new BridgeWeights(List(shares), List(lengths), List(ratios), noise);
    }

    private static void Add(SortedDictionary<double, double> weights, double value, double weight) =>
        weights[value] = weights.GetValueOrDefault(value) + weight;

    private static IReadOnlyList<WeightedValue> List(SortedDictionary<double, double> weights) =>
        Array.AsReadOnly([.. weights.Select(pair => new WeightedValue(pair.Key, pair.Value))]);
}
