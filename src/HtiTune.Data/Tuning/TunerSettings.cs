namespace HtiTune;

/// <summary>
/// The <c>TunerOptions</c> that a file or a request can hold, beyond budget, goal, ε and risk: the same members in a study file, in a service's
/// definition, and in its API. What is null is left as it is.
/// </summary>
public sealed record TunerSettings
{
    /// <summary>Its members, with decimal points under every locale.</summary>
    public override string ToString() => InvariantText.Of(nameof(TunerSettings), PrintMembers);

    /// <summary><c>TunerOptions.Acquisition</c>, as <c>AcquisitionRule.Parse</c> reads it.</summary>
    public string? Acquisition { get; init; }

    /// <summary>Whether <c>TunerOptions.CertificateRule</c> is <c>CertificateRule.Strict</c>.</summary>
    public bool? StrictCertificate { get; init; }

    /// <summary><c>TunerOptions.NoiseVariance</c>.</summary>
    public double? NoiseVariance { get; init; }

    /// <summary><c>TunerOptions.Replicate</c>.</summary>
    public bool? Replicate { get; init; }

    /// <summary><c>TunerOptions.Bootstrap</c>.</summary>
    public int? Bootstrap { get; init; }

    /// <summary><c>TunerOptions.InitialLambdas</c>.</summary>
    public IReadOnlyList<double>? InitialLambdas { get; init; }

    /// <summary><c>TunerOptions.StartLambdas</c>.</summary>
    public IReadOnlyList<double>? StartLambdas { get; init; }

    /// <summary><c>TunerOptions.ConfirmByTraining</c>.</summary>
    public bool? ConfirmByTraining { get; init; }

    /// <summary><c>TunerOptions.UseWholeBudget</c>.</summary>
    public bool? UseWholeBudget { get; init; }

    /// <summary><c>TunerOptions.GridSize</c>.</summary>
    public int? GridSize { get; init; }

    /// <summary><c>TunerOptions.CertificateDraws</c>.</summary>
    public int? CertificateDraws { get; init; }

    /// <summary>Whether <c>TunerOptions.Cost</c> is <c>TrainingCost.Measured</c>.</summary>
    public bool? MeasuredCost { get; init; }

    /// <summary>What an hour of training costs, in units of the objective; the cost is then measured.</summary>
    public double? CostOfHour { get; init; }
}
