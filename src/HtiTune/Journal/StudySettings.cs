namespace HtiTune;

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
    int GridSize)
{
    internal static StudySettings Of(TunerOptions options) => new(
        options.Seed,
        options.Goal,
        options.MaxTrainings,
        options.Epsilon,
        options.Delta,
        options.ConfirmByTraining,
        options.UseSurrogate,
        options.UseSurrogate && options.SurrogateFactory is not null,
        options.InitialLambdas,
        options.NoiseVariance,
        options.GridSize);

    /// <summary>Whether a run of the same budget would propose the same: the default budget does not matter.</summary>
    internal bool ProposeAs(StudySettings other) =>
        this with { InitialLambdas = null, MaxTrainings = 0 } == other with { InitialLambdas = null, MaxTrainings = 0 }
        && (InitialLambdas ?? []).SequenceEqual(other.InitialLambdas ?? [])
        && InitialLambdas is null == other.InitialLambdas is null;

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
    };
}
