using HtiTune.Benchmarks.Laws;
using HtiTune.Diagnostics;

namespace HtiTune.Benchmarks.Certificates;

/// <summary>How a fresh problem is met in a certified study.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Kind">The surrogate.</param>
/// <param name="Noise">Noise of a training, in deviations of the outputs.</param>
/// <param name="Strict">Whether the certificate is strict.</param>
internal sealed record CertifiedCase(string Name, SurrogateKind Kind, double Noise, bool Strict)
{
    // Moves of the outputs by as much as λ moves them: what is measured is mostly noise.
    private const double DominatingNoise = 1;

    /// <summary>All cases.</summary>
    internal static IReadOnlyList<CertifiedCase> All { get; } =
    [
        new("good", SurrogateKind.Real, 0, false),
        new("biased", SurrogateKind.Biased, 0, false),
        new("noisy", SurrogateKind.Noisy, 0, false),
        new("noise dominates", SurrogateKind.Real, DominatingNoise, false),
        new("biased, strict", SurrogateKind.Biased, 0, true),
        new("plain", SurrogateKind.None, 0, false),
    ];
}

/// <summary>One whole study by the real tuner, up to its certificate or its last training.</summary>
/// <param name="IsCertified">Whether a certificate was issued.</param>
/// <param name="IsTrue">Whether the true regret of the recommendation is at most the ε that was certified.</param>
/// <param name="Trainings">Trainings it took.</param>
/// <param name="Regret">True regret in shares of the gap.</param>
/// <param name="Epsilon">ε in shares of the gap.</param>
/// <param name="Trust">Trust at the end.</param>
/// <param name="Calibration">Tests of its intervals, and the alarm.</param>
internal sealed record CertifiedRun(bool IsCertified, bool IsTrue, int Trainings, double Regret, double Epsilon, double Trust, Calibration Calibration)
{
    /// <summary>Most trainings of a study.</summary>
    internal const int MostTrainings = 12;

    /// <summary>The risk that certificates may take.</summary>
    internal const double Delta = 0.1;

    /// <summary>Runs a study.</summary>
    /// <param name="problem">The task.</param>
    /// <param name="case">The circumstances.</param>
    internal static CertifiedRun Of(LawProblem problem, CertifiedCase @case)
    {
        var options = new TunerOptions
        {
            MaxTrainings = MostTrainings, Delta = Delta, UseSurrogate = @case.Kind != SurrogateKind.None, SurrogateFactory = TestSurrogate.Factory(@case.Kind),
            CertificateRule = @case.Strict ? CertificateRule.Strict : CertificateRule.TwoPasses,
        };
        using var tuner = new Tuner(problem.Network(@case.Noise), problem.Law.Hyperparameter, problem.Law.Contexts, options);
        var study = tuner.Optimize(problem.Objective);
        var regret = problem.Regret(study.Lambda);
        var (_, gap) = problem.Optimum;
        return new CertifiedRun(
            study.StopReason == StopReason.Certified, regret <= study.Epsilon, study.TrainingsUsed, regret / gap, study.Epsilon / gap, study.Trust, study.Calibration);
    }
}
