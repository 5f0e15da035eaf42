using HtiTune.Acquisition;

namespace HtiTune.Journal;

/// <summary>The <see cref="TunerOptions"/> that decide what a study proposes, as its journal holds them.</summary>
/// <param name="Seed"><see cref="TunerOptions.Seed"/>.</param>
/// <param name="Goal"><see cref="TunerOptions.Goal"/>.</param>
/// <param name="MaxTrainings"><see cref="TunerOptions.MaxTrainings"/>.</param>
/// <param name="Epsilon"><see cref="TunerOptions.Epsilon"/>.</param>
/// <param name="Delta"><see cref="TunerOptions.Delta"/>.</param>
/// <param name="ConfirmByTraining"><see cref="TunerOptions.ConfirmByTraining"/>.</param>
/// <param name="UseSurrogate"><see cref="TunerOptions.UseSurrogate"/>.</param>
/// <param name="HasOwnSurrogate">Whether <see cref="TunerOptions.SurrogateFactory"/> was given; a file cannot hold it.</param>
/// <param name="InitialLambdas"><see cref="TunerOptions.InitialLambdas"/>.</param>
/// <param name="NoiseVariance"><see cref="TunerOptions.NoiseVariance"/>.</param>
/// <param name="GridSize"><see cref="TunerOptions.GridSize"/>.</param>
/// <param name="Acquisition"><see cref="TunerOptions.Acquisition"/>; null for the default.</param>
/// <param name="Cost"><see cref="TunerOptions.Cost"/>.</param>
/// <param name="BeliefStrength">Strength of <see cref="TunerOptions.Belief"/>, whose density a file cannot hold; null without one.</param>
/// <param name="Parallelism"><see cref="TunerOptions.Parallelism"/>.</param>
/// <param name="Replicate"><see cref="TunerOptions.Replicate"/>.</param>
/// <param name="CertificateRule"><see cref="TunerOptions.CertificateRule"/>; null for the default.</param>
/// <param name="Bootstrap"><see cref="TunerOptions.Bootstrap"/>.</param>
/// <param name="CertificateDraws"><see cref="TunerOptions.CertificateDraws"/>; null for the default.</param>
/// <param name="UseWholeBudget"><see cref="TunerOptions.UseWholeBudget"/>.</param>
/// <param name="StartLambdas"><see cref="TunerOptions.StartLambdas"/>.</param>
public sealed record StudySettings(
    long Seed,
    Goal Goal,
    int MaxTrainings,
    double? Epsilon,
    double Delta,
    bool ConfirmByTraining,
    bool UseSurrogate,
    bool HasOwnSurrogate,
    IReadOnlyList<double>? InitialLambdas,
    double? NoiseVariance,
    int GridSize,
    AcquisitionRule? Acquisition = null,
    TrainingCost? Cost = null,
    double? BeliefStrength = null,
    int Parallelism = 1,
    bool? Replicate = null,
    CertificateRule? CertificateRule = null,
    int Bootstrap = 0,
    int? CertificateDraws = null,
    bool UseWholeBudget = false,
    IReadOnlyList<double>? StartLambdas = null)
{
    /// <summary>The settings of a tuner's options.</summary>
    /// <param name="options">The options.</param>
    public static StudySettings Of(TunerOptions options) => new(
        (options ?? throw new ArgumentNullException(nameof(options))).Seed,
        options.Goal,
        options.MaxTrainings,
        options.Epsilon,
        options.Delta,
        options.ConfirmByTraining,
        options.UseSurrogate,
        options.UseSurrogate && options.SurrogateFactory is not null,
        options.InitialLambdas,
        options.NoiseVariance,
        options.GridSize,
        options.Acquisition == AcquisitionRule.LogExpectedImprovement ? null : options.Acquisition.Recorded,
        options.Cost?.Recorded,
        options.Belief?.Strength,
        options.Parallelism,
        options.Replicate,
        options.CertificateRule == HtiTune.CertificateRule.TwoPasses ? null : options.CertificateRule,
        options.Bootstrap,
        options.CertificateDraws == Certificate.DefaultDraws ? null : options.CertificateDraws,
        options.UseWholeBudget,
        options.StartLambdas);

    /// <summary>Whether a run of the same budget would propose the same: the default budget does not matter.</summary>
    internal bool ProposeAs(StudySettings other) =>
        this with { InitialLambdas = null, StartLambdas = null, MaxTrainings = 0 } == other with { InitialLambdas = null, StartLambdas = null, MaxTrainings = 0 }
        && (InitialLambdas ?? []).SequenceEqual(other.InitialLambdas ?? [])
        && InitialLambdas is null == other.InitialLambdas is null
        && (StartLambdas ?? []).SequenceEqual(other.StartLambdas ?? []);

    /// <summary>Options of these settings; what a file cannot hold comes from the others.</summary>
    internal TunerOptions ToOptions(TunerOptions? others) => (others ?? new TunerOptions()) with
    {
        Seed = Seed,
        Goal = Goal,
        MaxTrainings = MaxTrainings,
        Epsilon = Epsilon,
        Delta = Delta,
        ConfirmByTraining = ConfirmByTraining,
        UseSurrogate = UseSurrogate,
        InitialLambdas = InitialLambdas,
        NoiseVariance = NoiseVariance,
        GridSize = GridSize,
        Acquisition = Acquisition?.Kind == AcquisitionKind.Own && others is not null ? others.Acquisition : Acquisition ?? AcquisitionRule.LogExpectedImprovement,
        Cost = Cost is null ? null : Cost.IsFunction ? others?.Cost : TrainingCost.Measured(Cost.OfHour),
        Parallelism = Parallelism,
        Replicate = Replicate,
        Belief = BeliefStrength is null ? null : others?.Belief,
        CertificateRule = CertificateRule ?? HtiTune.CertificateRule.TwoPasses,
        Bootstrap = Bootstrap,
        CertificateDraws = CertificateDraws ?? Certificate.DefaultDraws,
        UseWholeBudget = UseWholeBudget,
        StartLambdas = StartLambdas,
    };

    /// <summary>The options that a file cannot hold, and that these settings had.</summary>
    internal IEnumerable<string> Functions()
    {
        if (HasOwnSurrogate)
        {
            yield return nameof(TunerOptions.SurrogateFactory);
        }

        if (Cost is { IsFunction: true })
        {
            yield return nameof(TunerOptions.Cost);
        }

        if (Acquisition?.Kind == AcquisitionKind.Own)
        {
            yield return nameof(TunerOptions.Acquisition);
        }

        if (BeliefStrength is not null)
        {
            yield return nameof(TunerOptions.Belief);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(StudySettings), PrintMembers);
}
