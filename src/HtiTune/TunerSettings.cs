using HtiTune.Data;

namespace HtiTune;

/// <summary>
/// The <see cref="TunerOptions"/> that a file or a request can hold, beyond budget, goal, ε and risk: the same members in a study file, in a service's
/// definition, and in its API. What is null is left as it is.
/// </summary>
public sealed record TunerSettings
{
    /// <summary>Its members, with decimal points under every locale.</summary>
    public override string ToString() => InvariantText.Of(nameof(TunerSettings), PrintMembers);

    /// <summary><see cref="TunerOptions.Acquisition"/>, as <see cref="AcquisitionRule.Parse"/> reads it.</summary>
    public string? Acquisition { get; init; }

    /// <summary>Whether <see cref="TunerOptions.CertificateRule"/> is <see cref="CertificateRule.Strict"/>.</summary>
    public bool? StrictCertificate { get; init; }

    /// <summary><see cref="TunerOptions.NoiseVariance"/>.</summary>
    public double? NoiseVariance { get; init; }

    /// <summary><see cref="TunerOptions.Replicate"/>.</summary>
    public bool? Replicate { get; init; }

    /// <summary><see cref="TunerOptions.Bootstrap"/>.</summary>
    public int? Bootstrap { get; init; }

    /// <summary><see cref="TunerOptions.InitialLambdas"/>.</summary>
    public IReadOnlyList<double>? InitialLambdas { get; init; }

    /// <summary><see cref="TunerOptions.StartLambdas"/>.</summary>
    public IReadOnlyList<double>? StartLambdas { get; init; }

    /// <summary><see cref="TunerOptions.ConfirmByTraining"/>.</summary>
    public bool? ConfirmByTraining { get; init; }

    /// <summary><see cref="TunerOptions.UseWholeBudget"/>.</summary>
    public bool? UseWholeBudget { get; init; }

    /// <summary><see cref="TunerOptions.GridSize"/>.</summary>
    public int? GridSize { get; init; }

    /// <summary><see cref="TunerOptions.CertificateDraws"/>.</summary>
    public int? CertificateDraws { get; init; }

    /// <summary>Whether <see cref="TunerOptions.Cost"/> is <see cref="TrainingCost.Measured"/>.</summary>
    public bool? MeasuredCost { get; init; }

    /// <summary>What an hour of training costs, in units of the objective; the cost is then measured.</summary>
    public double? CostOfHour { get; init; }

    /// <summary>Options with these settings.</summary>
    /// <param name="options">All others.</param>
    /// <exception cref="ArgumentException">The acquisition is not known.</exception>
    public TunerOptions ApplyTo(TunerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with
        {
            Acquisition = Acquisition is { } rule ? AcquisitionRule.Parse(rule) : options.Acquisition,
            CertificateRule = StrictCertificate is { } strict ? strict ? CertificateRule.Strict : CertificateRule.TwoPasses : options.CertificateRule,
            NoiseVariance = NoiseVariance ?? options.NoiseVariance,
            Replicate = Replicate ?? options.Replicate,
            Bootstrap = Bootstrap ?? options.Bootstrap,
            InitialLambdas = InitialLambdas ?? options.InitialLambdas,
            StartLambdas = StartLambdas ?? options.StartLambdas,
            ConfirmByTraining = ConfirmByTraining ?? options.ConfirmByTraining,
            UseWholeBudget = UseWholeBudget ?? options.UseWholeBudget,
            GridSize = GridSize ?? options.GridSize,
            CertificateDraws = CertificateDraws ?? options.CertificateDraws,
            Cost = CostOfHour is not null || MeasuredCost == true ? TrainingCost.Measured(CostOfHour) : options.Cost,
        };
    }

    /// <summary>Throws unless a tuner of a search space takes these settings.</summary>
    /// <param name="space">The space.</param>
    /// <exception cref="ArgumentException">It does not; the message names every fault.</exception>
    public void Require(SearchSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        ApplyTo(new TunerOptions()).Validate(space);
    }
}
