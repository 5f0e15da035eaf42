using HtiTune.Data;

namespace HtiTune;

/// <summary>What is believed of the objective at one configuration; less is better.</summary>
/// <param name="Mean">Mean, in units of the objective, as all here.</param>
/// <param name="Deviation">Standard deviation, at least 0.</param>
/// <param name="Low">The 5 % quantile.</param>
/// <param name="High">The 95 % quantile.</param>
internal readonly record struct SpaceBelief(double Mean, double Deviation, double Low, double High)
{
    /// <summary>The same in the objective's own sign.</summary>
    /// <param name="goal">The objective's goal.</param>
    internal SpaceBelief InSignOf(Goal goal) => goal == Goal.Maximize ? new(-Mean, Deviation, -High, -Low) : this;

    /// <summary>The belief of a training's value, which scatters about this.</summary>
    /// <param name="noise">By what deviation, at least 0.</param>
    internal SpaceBelief WithNoise(double noise)
    {
        var reach = NormalDistribution.Quantile(0.95) * noise;
        return noise == 0 ? this : new(Mean, Root(Deviation, noise), Mean - Root(Mean - Low, reach), Mean + Root(High - Mean, reach));

        static double Root(double a, double b) => Math.Sqrt(a * a + b * b);
    }
}

/// <summary>What a certificate says of the best trained configuration.</summary>
/// <param name="Probability">The share of the draws in which nothing is better than it by more than ε.</param>
/// <param name="LowerBound">The lower confidence bound of that probability, the draws being finite.</param>
/// <param name="RegretQuantile">The regret that a share 1 − δ of the draws stays below, in units of the objective.</param>
/// <param name="Draws">Joint draws that were made.</param>
/// <param name="Holds">Whether the bound is at least 1 − δ.</param>
internal sealed record SpaceJudgement(double Probability, double LowerBound, double RegretQuantile, int Draws, bool Holds)
{
    /// <summary>What is known without a draw: every configuration has been tried, and trainings repeat.</summary>
    internal static SpaceJudgement Known { get; } = new(1, 1, 0, 0, true);
}

/// <summary>How a policy of several hyperparameters works.</summary>
internal sealed record SpacePolicyOptions
{
    // A draw over a space asks the objective at up to hundreds of places.
    private const int LeastDraws = 256, DrawsShare = 16;

    /// <summary>Those of a tuner.</summary>
    /// <param name="options">The tuner's.</param>
    /// <param name="epsilon">ε, as in <see cref="Epsilon"/>.</param>
    internal static SpacePolicyOptions Of(TunerOptions options, double? epsilon) =>
        new()
        {
            Epsilon = epsilon, Delta = options.Delta, NoiseVariance = options.NoiseVariance, MayRepeat = options.MayReplicate, Acquisition = options.Acquisition, IsAllowed = options.IsAllowed,
            Draws = Math.Max(LeastDraws, options.CertificateDraws / DrawsShare),
        };

    /// <summary>ε, in units of the objective, above 0; null: 1 % of the range of what is believed.</summary>
    internal double? Epsilon { get; init; }

    /// <summary>δ of the certificate, between 0 and 1.</summary>
    internal double Delta { get; init; } = 0.1;

    /// <summary>The variance of a training's value; 0: trainings repeat, null: it is learned.</summary>
    internal double? NoiseVariance { get; init; } = 0;

    /// <summary>Whether what is trained may be trained again with another seed.</summary>
    internal bool MayRepeat { get; init; }

    /// <summary>Whether trainings scatter for sure, rather than where the values ask for it.</summary>
    internal bool IsKnownToScatter => NoiseVariance > 0 || MayRepeat;

    /// <summary>What deviations are multiplied by, because intervals have not held; at least 1.</summary>
    internal double Widening { get; init; } = 1;

    /// <summary>How many trainings were tried before anything was asked of this objective, where they are enough for a certificate; null: all are chosen for it.</summary>
    internal int? Before { get; init; }

    /// <summary>By what the next training is chosen; with the default, in turn with the best predicted configuration.</summary>
    internal AcquisitionRule Acquisition { get; init; } = AcquisitionRule.LogExpectedImprovement;

    /// <summary>Whether a configuration that keeps the space's constraints may be trained; null: all may.</summary>
    internal Func<Configuration, bool>? IsAllowed { get; init; }

    /// <summary>Joint draws of a certificate.</summary>
    internal int Draws { get; init; } = 256;
}
