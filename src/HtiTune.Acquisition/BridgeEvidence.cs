namespace HtiTune.Acquisition;

/// <summary>One (ρ, ℓ, r) of the bridge process.</summary>
/// <param name="Kriging">Index of its (ℓ, r).</param>
/// <param name="Share">ρ.</param>
/// <param name="LogWeight">Logarithm of its weight; before normalisation, log prior plus log prequential density.</param>
/// <param name="Scale">√(b_n/a_n): the scale of its Student-t posterior where the unit variance is 1.</param>
internal readonly record struct BridgeComponent(int Kriging, double Share, double LogWeight, double Scale)
{
    public double Weight => Math.Exp(LogWeight);
}

/// <summary>What the weights say as a whole, before any component is dropped.</summary>
/// <param name="LogEvidence">ln p(y).</param>
/// <param name="Trust">E[ρ].</param>
/// <param name="MeanLengthScale">exp E[ln ℓ].</param>
internal sealed record BridgeEvidence(double LogEvidence, double Trust, double MeanLengthScale)
{
    /// <summary>Sums up unnormalised candidates; the prior of ρ is uniform over its values.</summary>
    public static BridgeEvidence Weigh(List<BridgeComponent> candidates, List<Kriging> krigings, int shares)
    {
        var sum = new LogSum();
        foreach (var candidate in candidates)
        {
            sum.Add(candidate.LogWeight);
        }

        double trust = 0, logLength = 0;
        foreach (var candidate in candidates)
        {
            var weight = Math.Exp(candidate.LogWeight - sum.Value);
            trust += weight * candidate.Share;
            logLength += weight * Math.Log(krigings[candidate.Kriging].LengthScale);
        }

        return new BridgeEvidence(sum.Value - Math.Log(shares), trust, Math.Exp(logLength));
    }

    /// <summary>Drops what has too little weight, and normalises the rest. Components of one (ℓ, r) stay together.</summary>
    public static (Kriging[] Krigings, BridgeComponent[] Components) Keep(
        List<BridgeComponent> candidates, List<Kriging> krigings, double leastWeight)
    {
        var all = new LogSum();
        candidates.ForEach(c => all.Add(c.LogWeight));
        var kept = candidates.Where(c => c.LogWeight - all.Value >= Math.Log(leastWeight)).ToList();
        var sum = new LogSum();
        kept.ForEach(c => sum.Add(c.LogWeight));
        var used = new List<Kriging>();
        var components = new List<BridgeComponent>();
        var last = -1;
        foreach (var component in kept)
        {
            if (component.Kriging != last)
            {
                last = component.Kriging;
                used.Add(krigings[last]);
            }

            components.Add(component with { Kriging = used.Count - 1, LogWeight = component.LogWeight - sum.Value });
        }

        return ([.. used], [.. components]);
    }
}

/// <summary>What a process was made from: values and surrogate less the centre c, in the order they arrived, believed ones last.</summary>
internal sealed record BridgeData(
    BridgePrior Prior, BridgeOptions Options, int RealCount, double[] Points, double[] RelativeNoise, double[] Values, double[] Surrogate)
{
    /// <summary>One believed value more.</summary>
    public BridgeData With(double point, double value, double surrogate) => this with
    {
        Points = [.. Points, point],
        RelativeNoise = [.. RelativeNoise, 1],
        Values = [.. Values, value],
        Surrogate = [.. Surrogate, surrogate],
    };

    /// <summary>These observations through the (ℓ, r) of another, to predict from: one step ahead it tells nothing of the surrogate.</summary>
    public Kriging Kriging(Kriging like, double jitter) => new(
        Points, RelativeNoise, Values, Surrogate, [.. Points.Select(_ => Array.Empty<double>())], like.LengthScale, like.NoiseRatio, Options.LevelDeviation, jitter);
}
