using System.Text.Json.Serialization;
using static System.FormattableString;

namespace HtiTune;

/// <summary>The kinds of <see cref="AcquisitionRule"/>.</summary>
public enum AcquisitionKind
{
    /// <summary><see cref="AcquisitionRule.LogExpectedImprovement"/>.</summary>
    LogExpectedImprovement,

    /// <summary><see cref="AcquisitionRule.KnowledgeGradient"/>.</summary>
    KnowledgeGradient,

    /// <summary><see cref="AcquisitionRule.LowerConfidenceBound"/>.</summary>
    LowerConfidenceBound,

    /// <summary><see cref="AcquisitionRule.LowerConfidenceBoundAtRisk"/>.</summary>
    LowerConfidenceBoundAtRisk,

    /// <summary><see cref="AcquisitionRule.Thompson"/>.</summary>
    Thompson,

    /// <summary>One of the caller's own, <see cref="AcquisitionRule.Of(IAcquisition)"/>.</summary>
    Own,
}

/// <summary>By what a tuner chooses the next λ, once the first places are trained.</summary>
public sealed record AcquisitionRule
{
    [JsonConstructor]
    internal AcquisitionRule(AcquisitionKind kind, double? parameter) => (Kind, Parameter) = (kind, parameter);

    /// <summary>Its kind.</summary>
    public AcquisitionKind Kind { get; }

    /// <summary>β or δ of a confidence bound; null for the others.</summary>
    public double? Parameter { get; }

    /// <summary>Expected improvement over the best trained value, compared by its logarithm [Ament2023]: the default.</summary>
    public static AcquisitionRule LogExpectedImprovement { get; } = new(AcquisitionKind.LogExpectedImprovement, null);

    /// <summary>
    /// How much a training is expected to raise the best posterior mean, wherever that is [Frazier2009]: right where the recommendation need
    /// not be trained (<see cref="TunerOptions.ConfirmByTraining"/> off), and where trainings are noisy.
    /// </summary>
    public static AcquisitionRule KnowledgeGradient { get; } = new(AcquisitionKind.KnowledgeGradient, null);

    /// <summary>One joint draw of the objective over λ; the training goes to its best λ [Thompson1933]. Reproducible by the tuner's seed.</summary>
    public static AcquisitionRule Thompson { get; } = new(AcquisitionKind.Thompson, null);

    /// <summary>The most optimistic value: posterior mean less √β standard deviations (more, where higher is better).</summary>
    /// <param name="beta">β, finite and at least 0: 0 exploits only, larger ones explore more.</param>
    public static AcquisitionRule LowerConfidenceBound(double beta = 4) => new(AcquisitionKind.LowerConfidenceBound, beta);

    /// <summary>
    /// The same with β = 2 ln(G n² π²/6δ) for n values on a grid of G points: all bounds hold together, at all n, with probability 1 − δ
    /// [Srinivas2010, theorem 1]. It explores much.
    /// </summary>
    /// <param name="delta">δ, between 0 and 1.</param>
    public static AcquisitionRule LowerConfidenceBoundAtRisk(double delta) => new(AcquisitionKind.LowerConfidenceBoundAtRisk, delta);

    /// <summary>The caller's own, where one continuous hyperparameter is tuned: it sees the whole posterior on a grid. Use <see cref="Of(string, Func{PlaceBelief, double})"/> for one that serves anywhere.</summary>
    /// <param name="acquisition">Must give the same worths for the same posterior. A study on disk cannot hold it, and is taken up by options that have it again.</param>
    public static AcquisitionRule Of(IAcquisition acquisition)
    {
        ArgumentNullException.ThrowIfNull(acquisition);
        return new AcquisitionRule(AcquisitionKind.Own, null) { Acquisition = acquisition };
    }

    /// <summary>The caller's own, over one hyperparameter or several: a function of what is believed of a place.</summary>
    /// <param name="name">Its name, as the reason for a training.</param>
    /// <param name="logWorth">ln worth of a training there; −∞ where it has none. Larger means and values are better here, whatever the goal.</param>
    /// <exception cref="ArgumentException">There is no name.</exception>
    public static AcquisitionRule Of(string name, Func<PlaceBelief, double> logWorth)
    {
        ArgumentNullException.ThrowIfNull(logWorth);
        return Of(new PlaceAcquisition(name, logWorth));
    }

    /// <summary>The caller's own; null for the others.</summary>
    internal IAcquisition? Acquisition { get; private init; }

    /// <summary>What a file can hold of it.</summary>
    internal AcquisitionRule Recorded => Acquisition is null ? this : new AcquisitionRule(Kind, Parameter);

    /// <summary>
    /// The rule of a text: <c>log-expected-improvement</c>, <c>knowledge-gradient</c>, <c>thompson</c>, <c>confidence-bound=</c> and β, or
    /// <c>confidence-bound-at-risk=</c> and δ.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">There is no such rule, or its number is none.</exception>
    public static AcquisitionRule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = text.Split('=', 2);
        double? number = words.Length == 2 && double.TryParse(words[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
        return (words[0], words.Length, number) switch
        {
            ("log-expected-improvement", 1, _) => LogExpectedImprovement,
            ("knowledge-gradient", 1, _) => KnowledgeGradient,
            ("thompson", 1, _) => Thompson,
            ("confidence-bound", 1, _) => LowerConfidenceBound(),
            ("confidence-bound", 2, { } beta) => LowerConfidenceBound(beta),
            ("confidence-bound-at-risk", 2, { } delta) => LowerConfidenceBoundAtRisk(delta),
            _ => throw new ArgumentException(
                $"The acquisition is '{text}'; expected log-expected-improvement, knowledge-gradient, thompson, confidence-bound=4 or confidence-bound-at-risk=0.1.", nameof(text)),
        };
    }

    /// <summary>What is wrong with it, or null.</summary>
    internal string? Fault => Kind switch
    {
        AcquisitionKind.Own when Acquisition is null => "is the caller's own, which a file cannot hold; expected options with it",
        AcquisitionKind.LowerConfidenceBound when !(Parameter >= 0 && double.IsFinite(Parameter.Value)) => Invariant($"has β = {Parameter:R}; expected a finite number of at least 0"),
        AcquisitionKind.LowerConfidenceBoundAtRisk when !(Parameter > 0 && Parameter < 1) => Invariant($"has δ = {Parameter:R}; expected a number between 0 and 1, ends excluded"),
        _ => null,
    };

    /// <summary>The acquisition for one proposal.</summary>
    /// <param name="values">Values so far, n.</param>
    /// <param name="points">Points of the grid, G.</param>
    /// <param name="stream">Gives the chance of the proposal.</param>
    internal IAcquisition Make(int values, int points, Func<RandomStream> stream) => Kind switch
    {
        AcquisitionKind.KnowledgeGradient => new KnowledgeGradient(),
        AcquisitionKind.LowerConfidenceBound => new ConfidenceBound(Math.Sqrt(Parameter!.Value)),
        AcquisitionKind.LowerConfidenceBoundAtRisk => new ConfidenceBound(Deviations(Parameter!.Value, values, points)),
        AcquisitionKind.Thompson => new ThompsonSampling(stream()),
        AcquisitionKind.Own => Acquisition!,
        _ => new ExpectedImprovement(),
    };

    /// <summary>√β of the bound at risk δ.</summary>
    internal static double Deviations(double delta, int values, int points) =>
        Math.Sqrt(2 * Math.Log(points * (double)values * values * Math.PI * Math.PI / (6 * delta)));

    /// <inheritdoc/>
    public override string ToString() => InvariantText.Of(nameof(AcquisitionRule), PrintMembers);
}
