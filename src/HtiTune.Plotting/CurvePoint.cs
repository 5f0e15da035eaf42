namespace HtiTune.Plotting;

/// <summary>A value of an objective at one λ, for curves that are known from elsewhere (a dense sweep of real trainings).</summary>
/// <param name="Lambda">The hyperparameter's value λ, in its own units.</param>
/// <param name="Value">The objective there, in its own units.</param>
public readonly record struct CurvePoint(double Lambda, double Value);
